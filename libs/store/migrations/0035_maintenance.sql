-- Maintenance windows (运维屏蔽): who works on which device or point, why, and until when. Never without an end.
create table command.maintenance (
  id            text primary key,
  -- null: every device of the point
  device_id     text,
  hazard_point  text not null,
  division_code text not null,
  from_at       timestamptz not null,
  -- `until`, or earlier when a person ended it
  ends_at       timestamptz not null check (ends_at >= from_at),
  record        jsonb not null,
  version       integer not null,
  change_seq    bigint not null default nextval('store.change_seq')
);
create index on command.maintenance (ends_at);
create index on command.maintenance (from_at desc, id desc);
create trigger bump before update on command.maintenance for each row execute function store.bump_change();
