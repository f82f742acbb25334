-- The readings. Raw value and quality flags, never overwritten. Identity is (series, time): a second one is a duplicate.
-- The only step that differs by what the database offers: a hypertable with TimescaleDB, native partitions without.
do $$
begin
  execute $table$
    create table ingest.reading (
      -- widest first: no padding between columns
      time        timestamptz not null,
      seq         bigint not null,
      value       float8 not null,
      received_at timestamptz not null,
      series      integer not null,
      point       integer not null,
      quality     integer not null,
      -- years people and ISO 8601 can write; later ones could be stored but not read again
      constraint time_in_calendar check (time >= '0001-01-01 00:00+00' and time < '10000-01-01 00:00+00')
    )
  $table$ || case when store.has_timescale() then '' else 'partition by range (time)' end;

  if store.has_timescale() then
    perform create_hypertable('ingest.reading', 'time', chunk_time_interval => interval '7 days', create_default_indexes => false);
  else
    -- Replays of old recordings and backfills beyond the partitions that exist: slower to drop, never refused.
    execute 'create table ingest.reading_default partition of ingest.reading default';
  end if;
end $$;

alter table ingest.reading add primary key (series, time);
-- Judgement goes on after a restart: readings of a point with seq > judged_to, in order.
create index reading_by_seq on ingest.reading (point, seq);

-- Makes the weekly partitions that cover [since, until]. Rows that already lie in the DEFAULT partition move along:
-- PostgreSQL refuses a partition whose rows are elsewhere. Answers how many were made. Nothing to do with TimescaleDB.
create function ingest.ensure_partitions(since timestamptz, until timestamptz) returns integer
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
    name := 'reading_' || to_char(week, 'IYYY"w"IW');
    if to_regclass('ingest.' || name) is null then
      execute format('create table ingest.%I (like ingest.reading including defaults including constraints)', name);
      execute format('with moved as (delete from ingest.reading_default where time >= %1$L and time < %2$L returning *)
                      insert into ingest.%3$I select * from moved', week, week + interval '7 days', name);
      execute format('alter table ingest.reading attach partition ingest.%I for values from (%L) to (%L)',
                     name, week, week + interval '7 days');
      made := made + 1;
    end if;
    week := week + interval '7 days';
  end loop;
  return made;
end $$;
