-- A device that was removed keeps its row: its readings, commands and intervals say whose they are. Registered anew under the same number it
-- is another instrument, with another zero: judgement looks back to `rejoined_at` only.
alter table command.device
  add column removed_at  timestamptz,
  add column rejoined_at timestamptz;
