create schema if not exists consult;

-- `json`, not `jsonb`: hashes are taken over these texts, so they come back as they were written.
create table consult.consultation (
  id            text primary key,
  warning_id    text not null,
  hazard_point  text not null,
  division_code text not null,
  title         text not null,
  exercise      boolean not null,
  state         text not null,
  opened_at     timestamptz not null,
  evidence      json not null,
  opinions      json not null,
  decision      json not null,
  version       integer not null,
  change_seq    bigint not null default nextval('store.change_seq')
);
create index on consult.consultation (opened_at desc, id desc);
create index on consult.consultation (warning_id);

create function consult.protect_record() returns trigger language plpgsql as $$
begin
  if new.evidence::text is distinct from old.evidence::text then
    raise exception 'evidence of consultation % is frozen', old.id using errcode = 'WS002';
  end if;
  if old.state in ('signed', 'closed')
    and (new.decision::text is distinct from old.decision::text or new.opinions::text is distinct from old.opinions::text
      or new.state not in ('signed', 'closed')) then
    raise exception 'consultation % is signed', old.id using errcode = 'WS002';
  end if;
  return new;
end $$;
create trigger protect before update on consult.consultation for each row execute function consult.protect_record();
create trigger bump before update on consult.consultation for each row execute function store.bump_change();
create trigger keep before delete on consult.consultation for each row execute function store.refuse_change();

create table consult.chat (
  id              text primary key,
  ordinal         bigint generated always as identity,
  consultation_id text not null references consult.consultation,
  division_code   text not null,
  at              timestamptz not null,
  author          text not null,
  text            text not null,
  version         integer not null default 1,
  change_seq      bigint not null default nextval('store.change_seq')
);
create index on consult.chat (consultation_id, ordinal);
create trigger append_only before update or delete on consult.chat for each row execute function store.refuse_change();
