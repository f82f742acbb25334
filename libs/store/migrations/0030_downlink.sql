-- Commands sent down to devices: the whole history, who, when, tries, answer, why. `record` is the command, the columns are what is searched.
create table command.device_command (
  -- rises with every command and is never given out twice: devices drop a number they have heard
  msgid         bigint primary key,
  device_id     text not null,
  division_code text not null,
  state         text not null,
  created_at    timestamptz not null,
  record        jsonb not null,
  version       integer not null,
  change_seq    bigint not null default nextval('store.change_seq')
);
create index on command.device_command (device_id, msgid desc);
create index on command.device_command (created_at);
create index device_command_open on command.device_command (msgid) where state in ('queued', 'sent');
create trigger bump before update on command.device_command for each row execute function store.bump_change();

-- Which upload interval a device was told and since when: silence and the rates are measured by the one in force at that time.
create table command.device_interval (
  device_id  text not null,
  valid_from timestamptz not null,
  seconds    integer not null,
  cause      text not null,
  msgid      bigint,
  change_seq bigint not null default nextval('store.change_seq'),
  primary key (device_id, valid_from)
);
create trigger append_only before update or delete on command.device_interval for each row execute function store.refuse_change();

-- Devices that report more densely because a warning rose; a row goes when the device has returned.
create table command.densified (
  device_id    text primary key,
  hazard_point text not null,
  record       jsonb not null,
  change_seq   bigint not null default nextval('store.change_seq')
);
create trigger bump before update on command.densified for each row execute function store.bump_change();
