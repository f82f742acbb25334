/** What backup and restore say to people: Chinese first, English second. */
export const texts = {
  external:
    '备份命令只管内嵌数据库；WANGSHAN_DATABASE_URL 指定的数据库请用其自身的备份（pg_basebackup、pgBackRest、云快照）。' +
    ' / This command backs up the embedded database; one named by WANGSHAN_DATABASE_URL is backed up by its own means (pg_basebackup, pgBackRest, a cloud snapshot).',
  nothingToBackUp: (dataDir: string): string =>
    `数据目录 ${dataDir} 中没有数据库，未做备份。 / There is no database in the data directory ${dataDir}: nothing was backed up.`,
  noTool: (tool: string): string =>
    `缺少命令 ${tool}，无法归档日志。请安装后重试。 / The command ${tool} is missing, the log can't be archived: install it and try again.`,
  outOfReach: (user: string, path: string): string =>
    `用户 ${user} 不能写入备份目录 ${path}。请换一个目录，或放开其上级目录的执行权限（chmod o+x）。` +
    ` / User ${user} can't write to the backup directory ${path}: choose another one, or give its parents their search right (chmod o+x).`,
  inside: (to: string): string =>
    `备份目录 ${to} 在数据目录之内：磁盘损坏时会一起丢失。请换到另一块磁盘。 / The backup directory ${to} lies inside the data directory and would be lost with it: choose another disk.`,
  archiveFailing: (detail: string): string =>
    `日志归档失败，备份不完整：${detail} / Archiving of the log fails, the backup is not whole: ${detail}`,
  copying: (bytes: number): string => `正在复制数据库（${megabytes(bytes)} MB）… / Copying the database (${megabytes(bytes)} MB) …`,
  copied: (files: number, bytes: number): string =>
    `已复制 ${files} 个文件，${megabytes(bytes)} MB。 / ${files} files copied, ${megabytes(bytes)} MB.`,
  keepKey: (path: string): string =>
    `数据密钥 ${path} 未包含在备份中：没有它就读不出卡片上的姓名和电话。请另行保管（或用 --with-key 一并备份）。` +
    ` / The data key ${path} is NOT in the backup: without it names and phone numbers can't be read. Keep it apart (or take it along with --with-key).`,
  pruned: (backups: number, segments: number): string =>
    `已删除 ${backups} 份旧备份和 ${segments} 个旧日志段。 / Removed ${backups} old backups and ${segments} old log segments.`,
  done: (path: string): string => `备份完成：${path} / Backup complete: ${path}`,

  noBackup: (from: string, at: string | undefined): string =>
    at === undefined
      ? `${from} 中没有完整的备份。 / There is no complete backup in ${from}.`
      : `${from} 中没有在 ${at} 之前完成的备份。 / No backup in ${from} was complete before ${at}.`,
  notEmpty: (path: string): string =>
    `${path} 中已有数据库，不会被覆盖。请换一个空的数据目录（WANGSHAN_DATA_DIR）。` +
    ` / There is a database in ${path}; it is not overwritten: name an empty data directory (WANGSHAN_DATA_DIR).`,
  damaged: (file: string): string =>
    `备份文件 ${file} 与其校验和不符或已丢失，未做恢复。请用另一份备份。 / The backup's file ${file} is missing or not what its checksum says; nothing was restored: use another backup.`,
  wrongMajor: (found: string, wanted: string): string =>
    `备份来自 PostgreSQL ${found}，本版本附带 ${wanted}。 / The backup is of PostgreSQL ${found}, this release ships ${wanted}.`,
  wrongKey:
    '数据密钥与备份不符：加密的内容将无法读出。请用备份时的密钥（--key 文件 或 WANGSHAN_DATA_KEY）。' +
    ' / The data key is not the one of the backup, encrypted columns could not be read: give the right one (--key FILE or WANGSHAN_DATA_KEY).',
  noKey:
    '备份不含数据密钥，请给出（--key 文件 或 WANGSHAN_DATA_KEY）。 / The backup holds no data key: give it (--key FILE or WANGSHAN_DATA_KEY).',
  recovering: (at: string): string => `正在重放日志至 ${at} … / Replaying the log up to ${at} …`,
  end: '日志末尾 / its end',
  notReached: (at: string, log: string): string =>
    `归档的日志到不了 ${at}，未做恢复。请选更早的时间（日志：${log}）。 / The archived log does not reach ${at}, nothing was restored: choose an earlier time (log: ${log}).`,
  chainBroken: (at: number): string =>
    `恢复后的审计链在第 ${at} 条处断裂。 / The audit chain of the restored database is broken at record ${at}.`,
  restored: (
    dataDir: string,
    r: {
      lastCommit: string | null;
      readings: number;
      newestReading: string | null;
      warnings: number;
      auditRecords: number;
      deliveriesToAsk: number;
    },
  ): string =>
    `已恢复到 ${dataDir}：最后提交 ${r.lastCommit ?? '-'}，监测数据 ${r.readings} 条（最新 ${r.newestReading ?? '-'}），预警 ${r.warnings} 条，` +
    `审计链 ${r.auditRecords} 条完好，${r.deliveriesToAsk} 条消息将先向运营商核实。请立即做一次新的备份。` +
    ` / Restored into ${dataDir}: last commit ${r.lastCommit ?? '-'}, ${r.readings} readings (newest ${r.newestReading ?? '-'}), ${r.warnings} warnings, ` +
    `audit chain of ${r.auditRecords} records whole, ${r.deliveriesToAsk} messages to be asked about at the provider. Take a new backup now.`,
};

const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);

/** A backup or a restore did not happen; the message says what happened, where, and what to do. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}
