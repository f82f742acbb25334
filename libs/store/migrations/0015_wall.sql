create schema if not exists wall;

-- `seq` is made by the station in the order of commit; a client's offset is a seq.
create table wall.event (
  seq           bigint primary key,
  id            text not null unique,
  type          text not null,
  at            timestamptz not null,
  division_code text not null,
  payload       json not null,
  version       integer not null default 1,
  change_seq    bigint not null default nextval('store.change_seq')
);
