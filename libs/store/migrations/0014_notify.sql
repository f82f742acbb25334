create schema if not exists notify;

-- Transactional outbox (notify.md §5.1). Ids are the station's. No foreign key to alert: a stage's schema stands alone;
-- the ledger writes a warning before its deliveries in the same transaction.
create table notify.delivery (
  id            text primary key,
  out_id        text not null unique,
  warning_id    text not null,
  division_code text not null,
  scope         text not null,
  version       integer not null,
  recipient     text not null,
  role          text not null,
  channel       text not null,
  step          integer not null,
  priority      smallint not null,
  level         text not null,
  kind          text not null,
  exercise      boolean not null,
  deliver       text not null,
  -- personal: both encrypted; the hash finds a number's deliveries
  address       text not null,
  address_hash  text not null,
  message       text not null,
  template      text not null,
  parts         integer not null,

  status        text not null default 'pending',
  -- a newer version exists: what is under way may arrive, but nothing of it is sent again
  superseded    boolean not null default false,
  attempts      integer not null default 0,
  not_before    timestamptz not null,
  deadline      timestamptz not null,
  lease_owner   text,
  lease_until   timestamptz,
  provider      text,
  provider_id   text,
  error         jsonb,
  ack           text not null default 'none',
  ack_at        timestamptz,

  created_at    timestamptz not null,
  sending_at    timestamptz,
  accepted_at   timestamptz,
  delivered_at  timestamptz,
  failed_at     timestamptz,
  change_seq    bigint not null default nextval('store.change_seq'),
  unique (warning_id, version, recipient, channel, step)
);
create index on notify.delivery (priority, not_before, id) where status = 'pending';
create index on notify.delivery (priority, not_before, id) where status = 'unknown';
create index on notify.delivery (priority, not_before, id) where status in ('accepted', 'sent');
create index on notify.delivery (lease_until) where status in ('sending', 'recon');
create index on notify.delivery (deadline) where status = 'pending';
create index on notify.delivery (provider, provider_id);
create index on notify.delivery (warning_id);
create index on notify.delivery (address_hash);
create trigger bump before update on notify.delivery for each row execute function store.bump_change();

-- Every step of every delivery and who caused it. `id` is deterministic where a step can be written twice.
create table notify.delivery_event (
  id            text primary key default gen_random_uuid()::text,
  ordinal       bigint generated always as identity,
  delivery_id   text not null references notify.delivery,
  at            timestamptz not null default clock_timestamp(),
  from_status   text,
  to_status     text not null,
  source        text not null check (source in ('station', 'worker', 'callback', 'poller', 'operator', 'reaper')),
  raw           jsonb not null default '{}',
  -- the delivery's; filled by the trigger below
  division_code text not null default '',
  version       integer not null default 1,
  change_seq    bigint not null default nextval('store.change_seq')
);
create index on notify.delivery_event (delivery_id, ordinal);
create function notify.own_division() returns trigger language plpgsql as $$
begin
  new.division_code := coalesce((select division_code from notify.delivery where id = new.delivery_id), '');
  return new;
end $$;
create trigger division before insert on notify.delivery_event for each row execute function notify.own_division();
create trigger append_only before update or delete on notify.delivery_event for each row execute function store.refuse_change();

-- A receipt that overtook the answer of its own send: kept until the provider's id is known, 10 minutes at most.
create table notify.orphan_receipt (
  id          bigint generated always as identity primary key,
  provider    text not null,
  provider_id text,
  out_id      text,
  status      text not null,
  code        text not null,
  at          timestamptz not null,
  received_at timestamptz not null default now()
);
create index on notify.orphan_receipt (provider, provider_id);
