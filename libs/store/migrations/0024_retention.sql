-- Retention (docs/adr/0021): what is old goes in whole parts.
-- Parts of a partitioned table or hypertable and the times they hold, [since, until); the DEFAULT partition is none of them.
create function ingest.parts_of(parent regclass) returns table (part regclass, since timestamptz, until timestamptz)
  language plpgsql stable set timezone = 'UTC' as $$
begin
  if store.has_timescale() then
    return query execute
      $chunks$ select format('%I.%I', chunk_schema, chunk_name)::regclass, range_start, range_end from timescaledb_information.chunks
               where format('%I.%I', hypertable_schema, hypertable_name)::regclass = $1 $chunks$ using parent;
  else
    return query
      select c.oid::regclass, bounds[1]::timestamptz, bounds[2]::timestamptz
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
      cross join lateral regexp_match(pg_get_expr(c.relpartbound, c.oid), $re$FROM \('([^']+)'\) TO \('([^']+)'\)$re$) bounds
      where i.inhparent = parent and bounds is not null;
  end if;
end $$;

-- Drops one part with everything in it. The caller holds its lock and has made sure that nobody needs it.
create function ingest.drop_part(parent regclass, dropped regclass) returns void language plpgsql as $$
declare
  bounds record;
begin
  if store.has_timescale() then
    select * into strict bounds from ingest.parts_of(parent) p where p.part = dropped;
    perform drop_chunks(parent, older_than => bounds.until, newer_than => bounds.since);
  else
    execute format('drop table %s', dropped);
  end if;
end $$;

-- Makes the partitions of the rollups that cover [since, until]: a month of minutes, a year of hours and of days. Rows in the DEFAULT
-- partition move along. Nothing to do with TimescaleDB.
create function ingest.ensure_rollup_partitions(since timestamptz, until timestamptz) returns void
  language plpgsql set timezone = 'UTC' as $$
declare
  step record;
  start timestamptz;
  ending timestamptz;
  name text;
begin
  if store.has_timescale() then
    return;
  end if;
  perform pg_advisory_xact_lock(hashtext('ingest.ensure_partitions'));
  for step in select * from (values ('1m', 'month', 'YYYY"m"MM'), ('1h', 'year', 'YYYY'), ('1d', 'year', 'YYYY')) s (name, length, format) loop
    start := date_trunc(step.length, since);
    while start <= until loop
      ending := start + ('1 ' || step.length)::interval;
      name := format('rollup_%s_%s', step.name, to_char(start, step.format));
      if to_regclass('ingest.' || name) is null then
        execute format('create table ingest.%I (like ingest.rollup_%s including defaults including constraints)', name, step.name);
        execute format('with moved as (delete from ingest.rollup_%1$s_default where bucket >= %2$L and bucket < %3$L returning *)
                        insert into ingest.%4$I select * from moved', step.name, start, ending, name);
        execute format('alter table ingest.rollup_%1$s attach partition ingest.%2$I for values from (%3$L) to (%4$L)',
                       step.name, name, start, ending);
      end if;
      start := ending;
    end loop;
  end loop;
end $$;

-- For the readings that are there already.
do $$
declare
  bounds record;
begin
  select min(since) as since, max(until) as until into bounds from ingest.parts_of('ingest.reading_row');
  if bounds.since is not null then
    perform ingest.ensure_rollup_partitions(bounds.since, bounds.until);
  end if;
end $$;

-- How far retention has gone: of each resolution nothing before its floor is complete any more. Rollups of readings before a floor are
-- added to, never made again. `as_of` is the time it was last carried out for, `ran_at` when.
create table ingest.retention (
  one      boolean primary key default true check (one),
  readings timestamptz not null default '-infinity',
  minutes  timestamptz not null default '-infinity',
  hours    timestamptz not null default '-infinity',
  days     timestamptz not null default '-infinity',
  as_of    timestamptz,
  ran_at   timestamptz
);
insert into ingest.retention default values;

-- What has been dropped and is not in the audit log yet; written in the transaction that drops.
create table ingest.retention_dropped (
  id    bigint generated always as identity primary key,
  class text not null,
  -- rows deleted one by one, or the part that was dropped whole
  rows  bigint not null default 0,
  since timestamptz,
  until timestamptz
);
