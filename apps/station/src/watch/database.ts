import { SECOND, type SystemAlarm, toIso } from '#libs/contracts';
import type { Health, Logger, Metrics } from '#libs/platform';
import type { FailoverState, FailoverStore } from '#libs/store';
import { StandingAlarms } from './standing-alarms.js';

/** How often the figures of the journal are taken over into metrics and health. */
const EVERY_MS = SECOND;
/** How often the archive is asked about, ms: a fault has hours before the disk is full. */
const ARCHIVE_EVERY_MS = 30 * SECOND;

const away: Omit<SystemAlarm, 'standing'> = {
  code: 'database-away',
  level: 'orange',
  text: {
    zh: '数据库不可用：监测数据存入本机日志，红色、橙色预警照常发送，黄色、蓝色预警待恢复后发送',
    en: 'The database is away: readings go to the local journal, red and orange are sent, yellow and blue wait for it',
  },
};

const full: Omit<SystemAlarm, 'standing'> = {
  code: 'journal-full',
  level: 'red',
  text: {
    zh: '本机日志已满：新的监测数据不再接收，由设备自行保存；请立即恢复数据库',
    en: 'The local journal is full: new readings are not taken, devices keep what they can. Bring the database back now',
  },
};

const refused: Omit<SystemAlarm, 'standing'> = {
  code: 'journal-refused',
  level: 'orange',
  text: {
    zh: '数据库拒绝了本机日志中的记录：中断期间的部分预警、发送或指令记录未入库；请通知运维',
    en: 'The database refuses records of the journal: some of what was recorded without it is not in it. Tell the operator',
  },
};

const unarchived: Omit<SystemAlarm, 'standing'> = {
  code: 'archive-failing',
  level: 'yellow',
  text: {
    zh: '备份日志无法归档：备份不再完整，数据库磁盘将逐渐占满；请检查备份目录',
    en: 'The log can not be archived: the backup is no longer whole and the disk of the database fills. Look at the backup directory',
  },
};

/** Health text while the database is not there: what waits for it. */
export function failoverDetail({ mode, since, readings, deliveries, why }: FailoverState): string {
  if (mode === 'up') return '';
  const waiting = `${readings.readings} readings (${Math.ceil(readings.bytes / 1024)} KiB) and ${deliveries} deliveries are in the journal`;
  return mode === 'away'
    ? `the database is away since ${toIso(since)}: ${waiting}; red and orange are sent, the rest waits (${why})`
    : `the database is back; ${waiting} and are being brought in`;
}

export interface DatabaseWatch {
  store: FailoverStore;
  health: Health;
  metrics: Metrics;
  logger: Logger;
  now: () => number;
  /** Raises or ends a standing alarm on the wall. */
  alarm: (alarm: SystemAlarm) => Promise<void>;
}

/** Keeps health, metrics and the wall's alarms current with whether the database is there; answers how to end it. */
export function watchDatabase({ store, health, metrics, logger, now, alarm }: DatabaseWatch): () => Promise<void> {
  const gauges = {
    away: metrics.gauge('store', 'database_away', '1 while records go to the journal, also while it is drained'),
    records: metrics.gauge('store', 'journal_records', 'Batches of readings in the journal'),
    readings: metrics.gauge('store', 'journal_readings', 'Readings in the journal'),
    bytes: metrics.gauge('store', 'journal_bytes', 'Bytes of readings in the journal'),
    refused: metrics.gauge('store', 'journal_refused_records', 'Records of the journal that the database refused for good'),
    oldest: metrics.gauge('store', 'journal_oldest_seconds', 'Age of the oldest reading in the journal'),
  };
  const alarms = new StandingAlarms(alarm, logger);
  let archiveFault: string | undefined;
  const lookAtArchive = async (): Promise<void> => {
    // Away: the database can't archive either, and that has an alarm of its own.
    const state = await store.archive.state().catch(() => undefined);
    if (!state) return;
    archiveFault = state.fault;
    alarms.say(unarchived, archiveFault !== undefined);
  };
  const look = (): void => {
    const state = store.failover.state();
    const { mode, readings } = state;
    gauges.away.set(mode === 'up' ? 0 : 1);
    gauges.records.set(readings.records);
    gauges.readings.set(readings.readings);
    gauges.bytes.set(readings.bytes);
    gauges.refused.set(state.refused);
    gauges.oldest.set(readings.oldestAt === undefined ? 0 : Math.max(0, (now() - readings.oldestAt) / SECOND));
    const well = mode === 'up' && archiveFault === undefined;
    const detail = failoverDetail(state) || (archiveFault === undefined ? '' : `the log can not be archived: ${archiveFault}`);
    health.set('store', well ? 'ok' : readings.full ? 'down' : 'degraded', detail);
    alarms.say(away, mode !== 'up');
    alarms.say(full, readings.full);
    alarms.say(refused, state.refused > 0);
  };
  look();
  store.failover.onMode(look);
  void lookAtArchive();
  const timer = setInterval(look, EVERY_MS);
  const slow = setInterval(() => void lookAtArchive(), ARCHIVE_EVERY_MS);
  return async () => {
    clearInterval(timer);
    clearInterval(slow);
    await alarms.settled();
  };
}
