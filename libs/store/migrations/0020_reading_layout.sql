-- Readings in fewer bytes (docs/adr/0019): 60 bytes a row instead of 76, and one index entry instead of two.
alter table ingest.reading rename to reading_old;
alter index if exists ingest.reading_by_seq rename to reading_old_by_seq;
alter table ingest.reading_old rename constraint reading_pkey to reading_old_pkey;

-- A device rarely moves: the point a series began at is kept here, a reading names its point only when it is another one.
alter table ingest.series add column point integer references ingest.point;
update ingest.series s set point = (select min(ps.point) from ingest.point_series ps where ps.series = s.key);

do $$
begin
  execute $table$
    create table ingest.reading_row (
      -- widest first: no padding between columns. Eight columns: the map of nulls fits the row's header, so null costs nothing.
      time           timestamptz not null,
      value          float8 not null,
      seq            bigint not null,
      series         integer not null,
      -- receive time, ms after device time; null when more than 24 days away from it: then received_at
      received_after integer,
      -- null: the point of the series
      point          integer,
      -- null: no flag
      quality        integer,
      received_at    timestamptz,
      -- years people and ISO 8601 can write; later ones could be stored but not read again
      constraint time_in_calendar check (time >= '0001-01-01 00:00+00' and time < '10000-01-01 00:00+00')
    )
  $table$ || case when store.has_timescale() then '' else 'partition by range (time)' end;

  if store.has_timescale() then
    perform create_hypertable('ingest.reading_row', 'time', chunk_time_interval => interval '7 days', create_default_indexes => false);
  else
    -- Replays of old recordings and backfills beyond the partitions that exist: slower to drop, never refused.
    execute 'create table ingest.reading_row_default partition of ingest.reading_row default';
  end if;
end $$;

-- Full pages where it is rebuilt: a series grows at its end only, and that page splits anyway (libs/store/src/retention/pack.ts).
alter table ingest.reading_row add primary key (series, time) with (fillfactor = 100);
-- Judgement goes on after a restart with readings of seq > judged_to. Rows lie in the order of their seq but for what was
-- drained: summaries of page ranges find them in a thousandth of a btree's bytes.
create index reading_row_seq on ingest.reading_row using brin (seq) with (pages_per_range = 32, autosummarize = on);

-- What everybody reads. The join falls away for whoever does not ask for the point.
create view ingest.reading as
select r.time, r.seq, r.value,
       coalesce(r.received_at, r.time + r.received_after * interval '1 millisecond') as received_at,
       r.series, coalesce(r.point, home.point) as point, coalesce(r.quality, 0) as quality
from ingest.reading_row r left join ingest.series home on home.key = r.series;

-- When readings were stored, once a batch of commits: those of [first_seq, last_seq] at stored_at or at most ten seconds before.
create table ingest.store_time (
  stored_at timestamptz not null,
  first_seq bigint not null,
  last_seq  bigint not null
);
create index on ingest.store_time (last_seq);

-- Makes the weekly partitions that cover [since, until]. Rows that already lie in the DEFAULT partition move along:
-- PostgreSQL refuses a partition whose rows are elsewhere. Answers how many were made. Nothing to do with TimescaleDB.
create or replace function ingest.ensure_partitions(since timestamptz, until timestamptz) returns integer
  language plpgsql set timezone = 'UTC' as $$
declare
  -- ISO weeks begin on Monday; UTC inside.
  week timestamptz := date_trunc('week', since);
  name text;
  made integer := 0;
begin
  if store.has_timescale() then
    return 0;
  end if;
  perform pg_advisory_xact_lock(hashtext('ingest.ensure_partitions'));
  while week <= until loop
    name := 'reading_row_' || to_char(week, 'IYYY"w"IW');
    if to_regclass('ingest.' || name) is null then
      execute format('create table ingest.%I (like ingest.reading_row including defaults including constraints)', name);
      execute format('with moved as (delete from ingest.reading_row_default where time >= %1$L and time < %2$L returning *)
                      insert into ingest.%3$I select * from moved order by seq', week, week + interval '7 days', name);
      execute format('alter table ingest.reading_row attach partition ingest.%I for values from (%L) to (%L)',
                     name, week, week + interval '7 days');
      made := made + 1;
    end if;
    week := week + interval '7 days';
  end loop;
  return made;
end $$;

-- The way of old rows into the new table, part by part (partition or chunk) and page by page, so that no transaction is
-- longer than `pages` and no more than one part is there twice. Answers how much is left to do: 0 = everything has moved.
create table ingest.reading_move (part regclass primary key, next_page bigint not null);
insert into ingest.reading_move
select inhrelid::regclass, 0 from pg_inherits where inhparent = 'ingest.reading_old'::regclass;

create function ingest.move_old_readings(pages integer) returns bigint
  language plpgsql set timezone = 'UTC' as $$
declare
  doing ingest.reading_move;
  bounds record;
begin
  select * into doing from ingest.reading_move order by part limit 1;
  if doing is null then
    return 0;
  end if;
  -- Not for the DEFAULT partition: it may span centuries, and the new table has one too.
  if doing.next_page = 0 and not store.has_timescale() and doing.part::text not like '%default' then
    execute format('select min(time) as since, max(time) as until from %s', doing.part) into bounds;
    if bounds.since is not null then
      perform ingest.ensure_partitions(bounds.since, bounds.until);
    end if;
  end if;
  if doing.next_page * current_setting('block_size')::bigint < pg_relation_size(doing.part) then
    execute format(
      $move$
        insert into ingest.reading_row (time, value, seq, series, received_after, point, quality, received_at)
        select o.time, o.value, o.seq, o.series, case when o.near then o.after::integer end,
               nullif(o.point, s.point), nullif(o.quality, 0), case when not o.near then o.received_at end
        from (select *, a.after between -2147483648 and 2147483647 as near
              from %s old, lateral (select round(extract(epoch from old.received_at - old.time) * 1000)::bigint as after) a
              where old.ctid >= %L and old.ctid < %L) o
        join ingest.series s on s.key = o.series
        order by o.seq
        on conflict (series, time) do nothing
      $move$, doing.part, format('(%s,0)', doing.next_page)::tid, format('(%s,0)', doing.next_page + pages)::tid);
    update ingest.reading_move set next_page = next_page + pages where part = doing.part;
  else
    execute format('truncate %s', doing.part);
    delete from ingest.reading_move where part = doing.part;
  end if;
  return (select count(*) from ingest.reading_move);
end $$;
