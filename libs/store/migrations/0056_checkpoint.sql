-- What a point's readings have made of it (docs/adr/0034), so that a start need not read its windows again. Only ever a shortcut: a row that does not fit, is
-- damaged or is not there costs the reading of the windows, nothing else. In the database and not in a file, so that it goes wherever the marks go: a
-- station that takes over has it, and a database put back to Tuesday has Tuesday's.
create table evaluate.checkpoint (
  hazard_point text primary key,
  -- as evaluate.mark has it: every reading of the point up to it is in the state
  judged_to    bigint not null,
  -- by the station's clock
  made_at      timestamptz not null,
  checksum     bigint not null,
  state        bytea not null
);
-- Numbers as they are: trying to compress them costs more than their bytes.
alter table evaluate.checkpoint alter column state set storage external;

-- At a start: days with readings after the mark of a point that has long been silent.
create index rollup_1d_last_seq on ingest.rollup_1d using brin (last_seq);
