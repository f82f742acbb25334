-- What is done at each level, by the plan somebody wrote for the point; and the responses Ⅰ–Ⅳ an authority has started. Two scales, two tables.
create table alert.response_plan (
  hazard_point  text primary key,
  division_code text not null,
  record        jsonb not null,
  version       integer not null,
  change_seq    bigint not null default nextval('store.change_seq')
);
create trigger bump before update on alert.response_plan for each row execute function store.bump_change();

create table alert.response (
  id            text primary key,
  -- null: the whole division
  hazard_point  text,
  division_code text not null,
  state         text not null,
  started_at    timestamptz not null,
  record        jsonb not null,
  version       integer not null,
  change_seq    bigint not null default nextval('store.change_seq')
);
create index on alert.response (started_at desc, id desc);
create trigger bump before update on alert.response for each row execute function store.bump_change();
