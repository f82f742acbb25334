-- A card has a number (printed on it, never given twice) and a history: what was handed out can be laid beside what is now.
alter table command.work_card add column if not exists number text;
alter table command.household_card add column if not exists number text;
update command.work_card c set number = n.number
  from (select id, hazard_point || '-W' || lpad((row_number() over (partition by hazard_point order by created_at, id))::text, 3, '0') as number
          from command.work_card) n
 where c.id = n.id and c.number is null;
update command.household_card c set number = n.number
  from (select id, hazard_point || '-H' || lpad((row_number() over (partition by hazard_point order by created_at, id))::text, 3, '0') as number
          from command.household_card) n
 where c.id = n.id and c.number is null;
alter table command.work_card alter column number set not null;
alter table command.household_card alter column number set not null;
create unique index if not exists work_card_number on command.work_card (number);
create unique index if not exists household_card_number on command.household_card (number);

-- Every version of every card, sealed as the cards are. Nothing here is changed or removed.
create table if not exists command.card_version (
  kind          text not null check (kind in ('work', 'household')),
  card_id       text not null,
  version       integer not null,
  division_code text not null,
  record        jsonb not null,
  personal      text not null,
  changed_by    text not null,
  changed_at    timestamptz not null default date_trunc('milliseconds', now()),
  change_seq    bigint not null default nextval('store.change_seq'),
  primary key (kind, card_id, version)
);
insert into command.card_version (kind, card_id, version, division_code, record, personal, changed_by, changed_at)
  select 'work', id, version, division_code, record, personal, 'station', updated_at from command.work_card
  union all
  select 'household', id, version, division_code, record, personal, 'station', updated_at from command.household_card
on conflict do nothing;
