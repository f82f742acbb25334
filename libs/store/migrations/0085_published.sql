-- The feed of published warnings asks for the newest of them; most warnings are never published.
create index if not exists warning_published on alert.warning (updated_at desc) where (record #>> '{releases,public,version}')::int > 0;
