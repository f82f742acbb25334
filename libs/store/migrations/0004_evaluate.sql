create schema if not exists evaluate;

-- How far each point is judged (promise 2). `json`, not `jsonb`: the state comes back exactly as it was written, so a
-- judgement after a restart starts from the same numbers.
create table evaluate.mark (
  hazard_point text primary key,
  judged_to    bigint not null,
  state        json not null,
  updated_at   timestamptz not null default now()
);
