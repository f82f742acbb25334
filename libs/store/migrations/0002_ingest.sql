create schema ingest;

-- A series is one channel of one device. Readings carry its key: 4 bytes instead of two texts in each row and index entry.
create table ingest.series (
  key       integer generated always as identity primary key,
  device_id text not null,
  channel   text not null,
  unique (device_id, channel)
);

create table ingest.point (
  key          integer generated always as identity primary key,
  unified_code text not null unique
);

-- Which series have ever had a reading at a point (a device may move). History of a point is read series by series.
create table ingest.point_series (
  point  integer not null references ingest.point,
  series integer not null references ingest.series,
  primary key (point, series)
);

-- What could not be read or stored: bytes as they came, and why.
create table ingest.quarantine (
  id          text primary key,
  device_id   text not null,
  topic       text not null,
  reason      text not null,
  detail      text not null,
  payload     bytea not null,
  received_at timestamptz not null
);
create index on ingest.quarantine (received_at desc, id desc);
create index on ingest.quarantine (device_id);
