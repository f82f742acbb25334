-- Call-outs (叫应, notify.md §4.5, §4.6): who has to answer a message, frozen with its release; what they answered; every reply that came in.
create table notify.callout (
  id              text primary key,
  warning_id      text not null,
  division_code   text not null,
  scope           text not null,
  release_version integer not null,
  started_at      timestamptz not null,
  ended_at        timestamptz,
  record          jsonb not null,
  -- names and numbers of who is told of silent ones: encrypted
  personal        text not null,
  version         integer not null,
  change_seq      bigint not null default nextval('store.change_seq')
);
create index on notify.callout (warning_id, scope, release_version);
create index on notify.callout (started_at) where ended_at is null;
create trigger bump before update on notify.callout for each row execute function store.bump_change();

create table notify.callout_party (
  id            text primary key,
  callout_id    text not null references notify.callout,
  division_code text not null,
  subject       text not null,
  place         integer not null,
  ack           text not null,
  record        jsonb not null,
  -- names, numbers, address: encrypted
  personal      text not null,
  version       integer not null,
  change_seq    bigint not null default nextval('store.change_seq')
);
create index on notify.callout_party (callout_id, place);
create trigger bump before update on notify.callout_party for each row execute function store.bump_change();

create table notify.reply (
  id            text primary key,
  warning_id    text,
  division_code text not null,
  received_at   timestamptz not null,
  -- we wrote back; the hash is of the number
  answered      boolean not null,
  phone_hash    text not null,
  record        jsonb not null,
  -- number and text: encrypted
  personal      text not null,
  version       integer not null default 1,
  change_seq    bigint not null default nextval('store.change_seq')
);
create index on notify.reply (warning_id, received_at);
create index on notify.reply (received_at desc, id desc);
create trigger append_only before update or delete on notify.reply for each row execute function store.refuse_change();
