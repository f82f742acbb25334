-- What the engine between claim and send has to know (notify.md §4.3, §5.2), and indexes for its rate.
alter table notify.delivery
  add column site text,
  add column content text,
  -- the delivery this one stands in for
  add column instead_of text;
create index on notify.delivery (instead_of) where instead_of is not null;

-- A worker claims for one channel at a time, so that slow calls never hold up messages.
drop index notify.delivery_priority_not_before_id_idx;
create index delivery_due_idx on notify.delivery (channel, priority, not_before, id) where status = 'pending';
-- Also what a number has had within the last day.
drop index notify.delivery_address_hash_idx;
create index delivery_address_idx on notify.delivery (address_hash, sending_at);
-- The unique key begins with the warning as well.
drop index notify.delivery_warning_id_idx;

-- Whoever writes a step from the delivery's row says the division himself.
drop trigger division on notify.delivery_event;
create trigger division before insert on notify.delivery_event
  for each row when (new.division_code = '') execute function notify.own_division();

-- Numbers a provider called dead; the card that carries one needs a new one. Gone once a message arrives there.
create table notify.dead_number (
  address_hash text primary key,
  provider     text not null,
  code         text not null,
  since        timestamptz not null default now()
);

-- Calls to a number (1 a minute, 5 an hour, 20 a day): every attempt counts, whoever makes it, whatever became of it.
create table notify.call_turn (
  address_hash text not null,
  delivery_id  text not null,
  at           timestamptz not null
);
create index on notify.call_turn (address_hash, at);

-- Registers one more call unless a window is full. Serialised a number, in the database's time, so the limits hold across processes and
-- restarts. Answers the seconds to wait, 0 = registered.
create function notify.take_turn(number_hash text, delivery text, spans double precision[], most integer[])
returns double precision language plpgsql as $$
declare
  present timestamptz;
  wait double precision := 0;
  nth timestamptz;
begin
  perform pg_advisory_xact_lock(hashtextextended('notify.call_turn ' || number_hash, 0));
  present := clock_timestamp();
  for i in 1 .. array_length(spans, 1) loop
    select t.at into nth from notify.call_turn t
     where t.address_hash = number_hash and t.at > present - spans[i] * interval '1 second'
     order by t.at desc offset most[i] - 1 limit 1;
    if found then
      wait := greatest(wait, spans[i] - extract(epoch from present - nth));
    end if;
  end loop;
  if wait <= 0 then
    delete from notify.call_turn t where t.address_hash = number_hash and t.at < present - interval '25 hours';
    insert into notify.call_turn (address_hash, delivery_id, at) values (number_hash, delivery, present);
  end if;
  return wait;
end $$;
