-- What a version, or other thresholds of one point, would have done over the last days of the store.
create table evaluate.dry_run (
  id            text primary key,
  rulebook      text not null,
  rule_version  text not null,
  against       text,
  -- {hazardPoint, thresholds}: thresholds tried at one point
  trial         jsonb,
  from_at       timestamptz not null,
  to_at         timestamptz not null,
  requested_by  text not null,
  requested_at  timestamptz not null,
  reason        text not null,
  state         text not null check (state in ('queued', 'running', 'done', 'failed')),
  progress      double precision not null default 0,
  finished_at   timestamptz,
  fault         text,
  -- one entry a point
  items         jsonb not null default '[]',
  division_code text not null default '',
  version       integer not null default 1,
  change_seq    bigint not null default nextval('store.change_seq'),
  foreign key (rulebook, rule_version) references evaluate.rule_version,
  check ((finished_at is not null) = (state in ('done', 'failed')))
);
create index on evaluate.dry_run (rulebook, requested_at desc, id desc);
create index on evaluate.dry_run (requested_at) where state in ('queued', 'running');
create trigger bump before update on evaluate.dry_run for each row execute function store.bump_change();
