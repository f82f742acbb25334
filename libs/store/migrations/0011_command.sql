create schema if not exists command;

create table command.hazard_point (
  unified_code  text primary key,
  division_code text not null,
  name          text not null,
  kind          text not null,
  longitude     float8 not null,
  latitude      float8 not null,
  closed        boolean not null,
  record        jsonb not null,
  version       integer not null,
  change_seq    bigint not null default nextval('store.change_seq'),
  created_at    timestamptz not null,
  updated_at    timestamptz not null
);
create index on command.hazard_point (division_code text_pattern_ops);

create table command.device (
  device_id     text primary key,
  hazard_point  text not null references command.hazard_point,
  division_code text not null,
  profile       text not null,
  parent        text,
  -- keyed hash; the secret itself is nowhere
  secret_hash   text not null unique,
  record        jsonb not null,
  version       integer not null default 1,
  change_seq    bigint not null default nextval('store.change_seq'),
  created_at    timestamptz not null
);
create index on command.device (hazard_point);

-- Times the program pages by are whole milliseconds, the resolution it keeps them in.
-- Cards: `record` holds what is not personal; `personal` is one encrypted JSON text (names, phones, addresses, remarks);
-- `phone_hashes` are keyed hashes of every number on the card, for look-up by number.
create table command.work_card (
  id            text primary key,
  hazard_point  text not null references command.hazard_point,
  division_code text not null,
  record        jsonb not null,
  personal      text not null,
  phone_hashes  text[] not null,
  version       integer not null default 1,
  change_seq    bigint not null default nextval('store.change_seq'),
  created_at    timestamptz not null default date_trunc('milliseconds', now()),
  updated_at    timestamptz not null default date_trunc('milliseconds', now())
);
create index on command.work_card (hazard_point);
create index on command.work_card (created_at, id);
create index on command.work_card using gin (phone_hashes);

create table command.household_card (
  id            text primary key,
  hazard_point  text not null references command.hazard_point,
  division_code text not null,
  record        jsonb not null,
  personal      text not null,
  phone_hashes  text[] not null,
  version       integer not null default 1,
  change_seq    bigint not null default nextval('store.change_seq'),
  created_at    timestamptz not null default date_trunc('milliseconds', now()),
  updated_at    timestamptz not null default date_trunc('milliseconds', now())
);
create index on command.household_card (hazard_point);
create index on command.household_card (created_at, id);
create index on command.household_card using gin (phone_hashes);

create table command.user_account (
  id            text primary key,
  username      text not null unique,
  -- the name a person goes by: encrypted
  display_name  text not null,
  password_hash text not null,
  roles         text[] not null,
  -- prefix of the divisions this user sees, '' = all
  division_code text not null,
  version       integer not null default 1,
  change_seq    bigint not null default nextval('store.change_seq'),
  created_at    timestamptz not null
);

create table command.session (
  token_hash text primary key,
  user_id    text not null references command.user_account on delete cascade,
  expires_at timestamptz not null,
  created_at timestamptz not null default now()
);
create index on command.session (expires_at);

-- Every version is kept: what a county changed, when and who. `personal` (duty roster) is encrypted.
create table command.settings (
  version       integer primary key,
  division_code text not null,
  record        jsonb not null,
  personal      text not null,
  updated_by    text not null,
  change_seq    bigint not null default nextval('store.change_seq'),
  created_at    timestamptz not null default date_trunc('milliseconds', now())
);

-- Answers may repeat a card or a device secret: `body` is encrypted.
create table command.idempotency (
  key          text not null,
  actor        text not null,
  request_hash text not null,
  status       integer not null,
  body         text not null,
  created_at   timestamptz not null default now(),
  primary key (key, actor)
);
create index on command.idempotency (created_at);

create trigger bump before update on command.hazard_point for each row execute function store.bump_change();
create trigger bump before update on command.device for each row execute function store.bump_change();
create trigger bump before update on command.work_card for each row execute function store.bump_change();
create trigger bump before update on command.household_card for each row execute function store.bump_change();
create trigger bump before update on command.user_account for each row execute function store.bump_change();
create trigger append_only before update or delete on command.settings for each row execute function store.refuse_change();
