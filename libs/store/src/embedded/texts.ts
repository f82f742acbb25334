/** Everything the supervisor says to people: Chinese first, English second. */
export const texts = {
  noBinaries: (platform: string): string =>
    `没有适用于 ${platform} 的内嵌 PostgreSQL，请用 WANGSHAN_DATABASE_URL 指定已有的数据库。` +
    ` / No embedded PostgreSQL for ${platform}: name an existing database in WANGSHAN_DATABASE_URL.`,
  makingUser: (user: string): string =>
    `PostgreSQL 不能以 root 运行，正在创建系统用户 ${user}。 / PostgreSQL refuses to run as root: creating the system user ${user}.`,
  noUser: (user: string, why: string): string =>
    `无法创建系统用户 ${user}（${why}）。请手工创建该用户，或用 WANGSHAN_DATABASE_URL 指定已有的数据库。` +
    ` / The system user ${user} could not be created (${why}). Create it by hand, or name an existing database in WANGSHAN_DATABASE_URL.`,
  binariesCopied: (user: string, to: string): string =>
    `用户 ${user} 无法访问程序目录，PostgreSQL 程序已复制到 ${to}。` +
    ` / User ${user} can't reach the program directory: PostgreSQL's binaries were copied to ${to}.`,
  databaseElsewhere: (user: string, dataDir: string, to: string): string =>
    `用户 ${user} 无法访问数据目录 ${dataDir}，数据库放在 ${to}。` +
    ` / User ${user} can't reach the data directory ${dataDir}: the database is kept in ${to}.`,
  outOfReach: (user: string, database: string): string =>
    `用户 ${user} 已无法访问数据库 ${database}。请恢复上级目录的执行权限（chmod o+x）后再启动。` +
    ` / User ${user} can no longer reach the database ${database}. Give its parent directories back their search right (chmod o+x) and start again.`,
  moved: (from: string, to: string): string =>
    `数据目录被移动过，它的数据库仍在 ${from}。请先移动数据库（mv ${from} ${to}）再启动。` +
    ` / The data directory was moved and its database is still in ${from}. Move it first (mv ${from} ${to}), then start again.`,
  notOwner: (database: string): string =>
    `数据库 ${database} 属于另一个系统用户。请用当初的用户启动。 / The database ${database} belongs to another system user: start as the user who made it.`,
  otherVersion: (database: string, found: string, wanted: string): string =>
    `数据库 ${database} 是 PostgreSQL ${found} 的，本版本附带 ${wanted}。请先用 pg_dump 导出、再导入。` +
    ` / The database ${database} was made by PostgreSQL ${found}, this release ships ${wanted}: dump it with pg_dump and load it again.`,
  noPassword: (file: string, database: string): string =>
    `数据库 ${database} 的口令文件 ${file} 不见了，请从备份恢复。 / The password file ${file} of the database ${database} is missing: restore it from a backup.`,
  initialising: (database: string): string => `正在初始化数据库（约数秒）：${database} / Making the database (a few seconds): ${database}`,
  adopted: (pid: number, port: number): string =>
    `接管仍在运行的 PostgreSQL（进程 ${pid}，端口 ${port}）。 / Took over the PostgreSQL that was still running (process ${pid}, port ${port}).`,
  waiting: (pid: number): string => `PostgreSQL（进程 ${pid}）正在恢复，请稍候。 / PostgreSQL (process ${pid}) is recovering, please wait.`,
  gone: 'PostgreSQL 意外退出，正在重新启动；其间数据存入本机日志。 / PostgreSQL ended unexpectedly: starting it again; meanwhile the station works from its journal.',
  back: 'PostgreSQL 已恢复运行。 / PostgreSQL is running again.',
  stale: (file: string): string => `已清除失效的进程文件 ${file}。 / Removed the stale process file ${file}.`,
  portBusy: (port: number): string =>
    `数据库端口 ${port} 已被占用。请用 WANGSHAN_DATABASE_PORT 换一个端口（0 = 任意空闲端口）。` +
    ` / The database port ${port} is in use. Choose another one in WANGSHAN_DATABASE_PORT (0 = any free port).`,
  failed: (what: string, log: string, tail: string): string => `${what} 失败，日志：${log} / ${what} failed, log: ${log}\n${tail}`,
  silent: (pid: number, log: string): string =>
    `PostgreSQL（进程 ${pid}）没有应答，日志：${log} / PostgreSQL (process ${pid}) does not answer, log: ${log}`,
};

/** The embedded database can't be started or stopped; the message says what happened, where, and what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}
