-- Thresholds of its own that a point was given: who, when, why, resting on which trial run.
create table command.threshold_change (
  id            text primary key,
  hazard_point  text not null references command.hazard_point,
  at            timestamptz not null,
  by_user       text not null,
  reason        text not null,
  trial         text references evaluate.dry_run,
  before        jsonb not null,
  after         jsonb not null,
  point_version integer not null,
  division_code text not null,
  version       integer not null default 1,
  change_seq    bigint not null default nextval('store.change_seq'),
  unique (hazard_point, point_version)
);
create trigger append_only before update or delete on command.threshold_change for each row execute function store.refuse_change();
