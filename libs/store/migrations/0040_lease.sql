-- Which station works on this database: one row. `epoch` rises each time another station takes over and fences the one
-- before; `beats` rises while the holder lives, so that a waiting station needs nobody's clock to see that it does not.
create table store.lease (
  one      boolean primary key default true check (one),
  holder   text not null,
  epoch    bigint not null,
  beats    bigint not null default 0,
  released boolean not null default false,
  taken_at timestamptz not null default now()
);
