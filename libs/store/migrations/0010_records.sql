-- Shared by every record table: who it belongs to, which version it is, and its place in the order of changes.
-- Exchange between the administrative levels reads changes in that order, so it exists before the first record does.
create schema if not exists store;
create sequence if not exists store.change_seq;

-- An update is a change: it moves the record to the end of the order.
create or replace function store.bump_change() returns trigger language plpgsql as $$
begin
  new.change_seq := nextval('store.change_seq');
  return new;
end $$;

-- For tables that are histories: what was said stays said.
create or replace function store.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '%.% is append-only: % refused', tg_table_schema, tg_table_name, tg_op using errcode = 'WS001';
end $$;
