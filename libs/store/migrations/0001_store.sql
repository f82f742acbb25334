-- What every schema builds on. The table of migrations itself is made by migrate.ts.
create schema if not exists store;

-- The one question all differences between plain PostgreSQL and TimescaleDB hang on. An operator who wants TimescaleDB
-- creates the extension before the first start; it is never switched on here, because a table can't change its kind later.
create function store.has_timescale() returns boolean language sql stable as $$
  select exists (select from pg_extension where extname = 'timescaledb')
$$;
