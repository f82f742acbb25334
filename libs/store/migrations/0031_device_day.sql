-- Readings a day, channel by channel, for the rates of DZ/T 0450 §11. Days are civil days of device time (Asia/Shanghai).
create table command.device_day (
  device_id text not null,
  day       date not null,
  channel   text not null,
  samples   integer not null,
  primary key (device_id, day, channel)
);

-- Up to which reading (seq) they are counted; moved in the transaction that counts, so that each reading is counted once.
create table command.device_day_mark (
  one        boolean primary key default true check (one),
  counted_to bigint not null
);

-- What is there already.
insert into command.device_day (device_id, day, channel, samples)
  select s.device_id, (r.time at time zone 'Asia/Shanghai')::date, s.channel, count(*)
    from ingest.reading r join ingest.series s on s.key = r.series group by 1, 2, 3;
insert into command.device_day_mark (counted_to) select coalesce(max(seq), 0) from ingest.reading;
