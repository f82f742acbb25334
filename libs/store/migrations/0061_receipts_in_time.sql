-- The auditor asks every ten seconds what was accepted and delivered lately. Block ranges: a few pages of index, and next to nothing at each update.
create index delivery_accepted_brin on notify.delivery using brin (accepted_at) with (pages_per_range = 16);
create index delivery_delivered_brin on notify.delivery using brin (delivered_at) with (pages_per_range = 16);
