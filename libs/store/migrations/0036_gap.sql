-- Gaps in what devices sent: between which two samples (device time), how much was missing, what still is.
create table ingest.gap (
  device_id    text not null,
  from_at      timestamptz not null,
  to_at        timestamptz not null,
  hazard_point text not null,
  interval_s   integer not null,
  missing      integer not null,
  -- [{from, to, missing}], epoch ms: what is still missing
  holes        jsonb not null,
  state        text not null check (state in ('open', 'filled', 'given-up')),
  found_at     timestamptz not null,
  ended_at     timestamptz,
  change_seq   bigint not null default nextval('store.change_seq'),
  primary key (device_id, from_at)
);
create index gap_open on ingest.gap (device_id) where state = 'open';
create trigger bump before update on ingest.gap for each row execute function store.bump_change();
