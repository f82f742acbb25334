-- By which delivery a number was found dead, and the task of mending the card that carries it.
alter table notify.dead_number
  add column if not exists delivery_id text,
  add column if not exists task_id     text;
