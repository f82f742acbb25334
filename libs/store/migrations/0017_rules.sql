create schema if not exists evaluate;

-- What is in force (design.md §5 Rulebook). A version never changes; which one is active does, and each change is kept.
create table evaluate.rule_version (
  rulebook      text not null,
  rule_version  text not null,
  content       text not null,
  author        text not null,
  reason        text not null,
  created_at    timestamptz not null,
  active        boolean not null default false,
  activated_at  timestamptz,
  activated_by  text,
  division_code text not null default '',
  version       integer not null default 1,
  change_seq    bigint not null default nextval('store.change_seq'),
  primary key (rulebook, rule_version)
);
create unique index one_active_version on evaluate.rule_version (rulebook) where active;
create trigger bump before update on evaluate.rule_version for each row execute function store.bump_change();

create table evaluate.rule_activation (
  id            bigint generated always as identity primary key,
  rulebook      text not null,
  rule_version  text not null,
  activated_at  timestamptz not null,
  activated_by  text not null,
  division_code text not null default '',
  version       integer not null default 1,
  change_seq    bigint not null default nextval('store.change_seq'),
  foreign key (rulebook, rule_version) references evaluate.rule_version
);
create trigger append_only before update or delete on evaluate.rule_activation for each row execute function store.refuse_change();
