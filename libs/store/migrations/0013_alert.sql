create schema if not exists alert;

-- One row per point and episode. `record` is the whole record, the columns are what is searched.
create table alert.warning (
  id            text primary key,
  hazard_point  text not null,
  division_code text not null,
  level         text not null,
  state         text not null,
  exercise      boolean not null,
  opened_at     timestamptz not null,
  record        jsonb not null,
  version       integer not null,
  change_seq    bigint not null default nextval('store.change_seq'),
  updated_at    timestamptz not null
);
create index on alert.warning (opened_at desc, id desc);
create index on alert.warning (hazard_point, opened_at desc);
create index on alert.warning (division_code text_pattern_ops);
create index on alert.warning (id) where state in ('candidate', 'confirmed');
create trigger bump before update on alert.warning for each row execute function store.bump_change();

create table alert.timeline (
  id            text primary key,
  ordinal       bigint generated always as identity,
  warning_id    text not null references alert.warning,
  at            timestamptz not null,
  division_code text not null,
  entry         jsonb not null,
  version       integer not null default 1,
  change_seq    bigint not null default nextval('store.change_seq')
);
create index on alert.timeline (warning_id, ordinal);
create trigger append_only before update or delete on alert.timeline for each row execute function store.refuse_change();
