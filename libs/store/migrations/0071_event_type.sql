-- What fell silent and came back in the last day is read again at every start (outages survive it); a year of events must not be read for that.
create index event_device_state on wall.event (at) where type = 'device.state';
