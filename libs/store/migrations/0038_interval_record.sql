-- An interval in force is a record as any other: it says whose it is. The division is its device's, filled here as for notify.delivery_event.
alter table command.device_interval
  add column division_code text not null default '',
  add column version       integer not null default 1;

create function command.interval_division() returns trigger language plpgsql as $$
begin
  new.division_code := coalesce((select division_code from command.device where device_id = new.device_id), '');
  return new;
end $$;
create trigger division before insert on command.device_interval for each row execute function command.interval_division();

alter table command.device_interval disable trigger append_only;
update command.device_interval i set division_code = d.division_code from command.device d where d.device_id = i.device_id;
alter table command.device_interval enable trigger append_only;
