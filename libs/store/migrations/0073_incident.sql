-- Disasters that happened at points, entered by people: what warnings are measured by.
create table alert.incident (
  id            text primary key,
  hazard_point  text not null,
  division_code text not null,
  occurred_at   timestamptz not null,
  record        jsonb not null,
  version       integer not null default 1,
  change_seq    bigint not null default nextval('store.change_seq')
);
create index on alert.incident (occurred_at desc, id desc);
create trigger append_only before update or delete on alert.incident for each row execute function store.refuse_change();
