-- Audit log: append-only and hash-chained, hash = hex(sha256(previous hash || payload)) over the exact payload text.
-- The chain is made here and not by the program, so that no caller can place a record anywhere but at its end.
create table command.audit (
  seq           bigint primary key,
  id            text not null unique,
  payload       text not null,
  previous      text not null,
  hash          text not null,
  division_code text not null default '',
  version       integer not null default 1,
  change_seq    bigint not null,
  stored_at     timestamptz not null
);

-- Last link. Without it a log with its newest records cut off would still verify.
create table command.audit_head (
  one  boolean primary key default true check (one),
  seq  bigint not null,
  hash text not null
);
insert into command.audit_head (seq, hash) values (0, '');

create function command.audit_link() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
declare
  head command.audit_head;
begin
  -- One writer at a time until its transaction ends: two links with one predecessor would be a fork.
  perform pg_advisory_xact_lock(hashtext('command.audit'));
  -- A record written twice (retry after an unknown outcome) is one record. Checked here under the lock: an
  -- `on conflict do nothing` would also swallow a clash of seq, and with it a record nobody would miss.
  if exists (select from command.audit where id = new.id) then
    return null;
  end if;
  select * into strict head from command.audit_head for update;
  new.seq := head.seq + 1;
  new.previous := head.hash;
  new.hash := encode(sha256(convert_to(head.hash || new.payload, 'UTF8')), 'hex');
  new.change_seq := nextval('store.change_seq');
  new.stored_at := clock_timestamp();
  update command.audit_head set seq = new.seq, hash = new.hash;
  return new;
end $$;
create trigger link before insert on command.audit for each row execute function command.audit_link();
create trigger append_only before update or delete on command.audit for each row execute function store.refuse_change();
create trigger append_only_truncate before truncate on command.audit for each statement execute function store.refuse_change();

-- The writer: a role that may insert into this table and nothing else. Where the database user may not create roles
-- the log is written as that user; the trigger above still refuses changes, and /readyz says which of the two it is.
do $$
begin
  if not exists (select from pg_roles where rolname = 'wangshan_audit') then
    begin
      create role wangshan_audit nologin;
    exception
      -- another database of the same cluster was quicker
      when duplicate_object or unique_violation then null;
    end;
  end if;
  begin
    execute format('grant wangshan_audit to %I', current_user);
  exception
    -- a superuser needs no grant; whoever else may not give it finds out in protection()
    when insufficient_privilege then null;
  end;
  grant usage on schema command to wangshan_audit;
  grant insert on command.audit to wangshan_audit;
exception
  when insufficient_privilege then
    raise notice 'may not create role wangshan_audit: the audit log is written without it';
end $$;
