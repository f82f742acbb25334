-- How a version came into force: by whom, why, resting on which dry run, and whether that was passed over.
alter table evaluate.rule_activation
  add column kind    text not null default 'activate' check (kind in ('release', 'activate', 'rollback')),
  add column reason  text not null default '',
  add column dry_run text,
  add column forced  boolean not null default false;
alter table evaluate.rule_activation disable trigger append_only;
update evaluate.rule_activation set kind = 'release' where activated_by = 'release';
alter table evaluate.rule_activation enable trigger append_only;
create index on evaluate.rule_activation (rulebook, id desc);

-- A version that runs beside the one in force and only records. It always ends by itself.
create table evaluate.shadow (
  id            text primary key,
  rulebook      text not null,
  rule_version  text not null,
  started_at    timestamptz not null,
  started_by    text not null,
  reason        text not null,
  until_at      timestamptz not null,
  ended_at      timestamptz,
  ended_by      text,
  ended_how     text check (ended_how in ('stopped', 'expired', 'activated', 'too-many-decisions')),
  division_code text not null default '',
  version       integer not null default 1,
  change_seq    bigint not null default nextval('store.change_seq'),
  foreign key (rulebook, rule_version) references evaluate.rule_version,
  check ((ended_at is null) = (ended_how is null))
);
create unique index one_running_shadow on evaluate.shadow (rulebook, rule_version) where ended_at is null;
create index on evaluate.shadow (rulebook, started_at desc);
create trigger bump before update on evaluate.shadow for each row execute function store.bump_change();

-- What a shadow said, and what the version in force said meanwhile (`judge`): never a warning.
create table evaluate.shadow_decision (
  -- made of what was said and how far it was judged: judged again after a crash it is the same row
  id              text primary key,
  shadow          text not null references evaluate.shadow,
  hazard_point    text not null,
  judge           text not null check (judge in ('shadow', 'live')),
  rule_version    text not null,
  -- event time
  at              timestamptz not null,
  level           text not null,
  certainty       text,
  confirmed_level text not null,
  reasons         jsonb not null,
  late            boolean not null default false,
  -- seq of the newest reading judged
  seq             bigint not null,
  -- order in which it was said
  said            bigint generated always as identity,
  division_code   text not null default '',
  version         integer not null default 1,
  change_seq      bigint not null default nextval('store.change_seq')
);
create index on evaluate.shadow_decision (shadow, hazard_point, judge, said);
create trigger append_only before update or delete on evaluate.shadow_decision for each row execute function store.refuse_change();

-- How far a shadow has judged a point: as evaluate.mark, and gone with the shadow.
create table evaluate.shadow_mark (
  shadow       text not null references evaluate.shadow,
  hazard_point text not null,
  judged_to    bigint not null,
  state        json not null,
  updated_at   timestamptz not null default now(),
  primary key (shadow, hazard_point)
);
