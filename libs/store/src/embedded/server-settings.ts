import { totalmem } from 'node:os';

const MB = 1024 * 1024;

/**
 * Settings of the server, given on its command line so that a configuration file edited by hand can't weaken them.
 * Durability first: an acknowledged reading survives power loss (promise 1).
 */
export function serverSettings(port: number, durable: boolean, more: Readonly<Record<string, string>> = {}): string[] {
  // An eighth of memory: less re-reads hot partitions from disk, more takes the page cache PostgreSQL relies on anyway.
  const buffers = Math.max(64, Math.min(1024, Math.floor(totalmem() / MB / 8)));
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    // No socket file: its directory differs between systems and its path length is limited.
    unix_socket_directories: '',
    // The station uses about 20; the rest is for an operator's psql and a second look from outside.
    max_connections: 60,
    shared_buffers: `${buffers}MB`,
    // Statements here are short and prepared by shape; compiling them to machine code costs more than it gives.
    jit: 'off',
    fsync: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
    synchronous_commit: durable ? 'on' : 'off',
    wal_compression: 'on',
    // Smaller forces a checkpoint every few seconds under load; larger makes recovery after a crash slow.
    max_wal_size: '2GB',
    // Segments of the log kept for use again. Fewer: a quiet county has none left when a storm begins, and every commit waits up to half a second for each
    // that is made anew (log-segments.ts). More: disk.
    min_wal_size: '512MB',
    checkpoint_timeout: '10min',
    // Always on, because switching it on later needs a restart; the script keeps nothing until a backup was asked for
    // (../backup/archive.ts). A quiet county fills a segment in hours: this is how old the newest archived reading may be.
    archive_mode: durable ? 'on' : 'off',
    archive_command: 'sh archive.sh %p %f',
    archive_timeout: '60s',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] ',
    // Parameters and statements of errors may hold personal data; the message alone does not.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    ...more,
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
