-- Alarms of the last day are read again at every start.
create index event_system_alarm on wall.event (at) where type = 'system.alarm';
