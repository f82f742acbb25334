-- Every reading has moved to its new layout (0020, 0021).
drop table ingest.reading_old;
drop function ingest.move_old_readings(integer);
drop table ingest.reading_move;
