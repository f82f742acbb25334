-- Rollups (docs/adr/0020): what a series did in each minute, hour and civil day (Asia/Shanghai). Recomputed whole for each bucket
-- that a new reading fell into, so late data corrects them and doing it twice changes nothing.
-- In parts of their own, a month of minutes, a year of hours and of days, so that what is old goes in whole parts (docs/adr/0021).
do $$
declare
  step record;
begin
  for step in select * from (values ('1m', interval '30 days'), ('1h', interval '365 days'), ('1d', interval '365 days')) s (name, chunk) loop
    execute format($table$
      create table ingest.rollup_%s (
        bucket      timestamptz not null,
        -- of the samples without an excluding flag (range, clock, reset); null when there is none
        min         float8,
        max         float8,
        sum         float8,
        first       float8,
        last        float8,
        series      integer not null,
        -- when, ms after the bucket's beginning
        min_after   integer,
        max_after   integer,
        first_after integer,
        last_after  integer,
        -- samples without and with excluding flags, and every flag any of them had
        count       integer not null,
        samples     integer not null,
        quality     integer not null,
        -- highest seq in the bucket: finds what came late for a point that has been silent since
        last_seq    bigint not null
      )$table$ || case when store.has_timescale() then '' else 'partition by range (bucket)' end, step.name);
    if store.has_timescale() then
      perform create_hypertable(format('ingest.rollup_%s', step.name)::regclass, 'bucket',
                                chunk_time_interval => step.chunk, create_default_indexes => false);
    else
      execute format('create table ingest.rollup_%1$s_default partition of ingest.rollup_%1$s default', step.name);
    end if;
    execute format('alter table ingest.rollup_%s add primary key (series, bucket)', step.name);
  end loop;
end $$;

-- Every stored reading with seq <= rolled_to is in the rollups. Lowered before readings with older numbers are stored (a drained journal).
create table ingest.rollup_mark (
  one       boolean primary key default true check (one),
  rolled_to bigint not null
);
insert into ingest.rollup_mark (rolled_to) values (0);
