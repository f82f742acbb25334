-- Silences (静默): whose messages are held back, up to which level, by whom, why, and until when. Never without an end, never red.
create table command.silence (
  id            text primary key,
  -- null: every point of the division, by one rulebook
  hazard_point  text,
  division_code text not null,
  from_at       timestamptz not null,
  -- `until`, or earlier when a person ended it
  ends_at       timestamptz not null check (ends_at >= from_at),
  record        jsonb not null,
  version       integer not null,
  change_seq    bigint not null default nextval('store.change_seq')
);
create index on command.silence (ends_at);
create index on command.silence (from_at desc, id desc);
create trigger bump before update on command.silence for each row execute function store.bump_change();
