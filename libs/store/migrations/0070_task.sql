-- What somebody has to do because of a warning: steps of the response plan, inspections, doors to knock on, calls to return. One table for all of them.
create table alert.task (
  id            text primary key,
  warning_id    text not null,
  hazard_point  text not null,
  division_code text not null,
  kind          text not null,
  state         text not null,
  due_at        timestamptz not null,
  created_at    timestamptz not null,
  record        jsonb not null,
  version       integer not null,
  change_seq    bigint not null default nextval('store.change_seq')
);
create index on alert.task (warning_id, created_at);
create index on alert.task (due_at) where state <> 'closed';
create index on alert.task (created_at desc, id desc);
create trigger bump before update on alert.task for each row execute function store.bump_change();
