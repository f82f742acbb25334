-- repeated
select ingest.move_old_readings(2000) as left;
