import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { toIso, type Settings, type SystemAlarm } from '#libs/contracts';
import type { Logger } from '#libs/platform';

/** File of the data directory whose time of change is the last proof; a watcher on the same machine looks at nothing else. */
export const HEARTBEAT_FILE = 'heartbeat.json';
/** A watcher that does not answer must not hold up the next proof. */
const REQUEST_MS = 5_000;
/** Calls in a row a watcher has to miss before people are told: one lost packet is no news. */
const MISSES = 3;

export interface HeartbeatParts {
  dataDir: string;
  settings: () => Pick<Settings, 'heartbeat' | 'divisionCode'>;
  alarm: (alarm: SystemAlarm) => Promise<void>;
  logger: Logger;
}

/** Says outside that what was released goes out: a file, and the address of a watcher where one is named. Silence is the alarm. */
export class HeartbeatOut {
  #misses = 0;

  constructor(private readonly parts: HeartbeatParts) {}

  async beat(at: number): Promise<void> {
    const { dataDir, settings, logger } = this.parts;
    try {
      await writeFile(path.join(dataDir, HEARTBEAT_FILE), `${JSON.stringify({ at: toIso(at) })}\n`);
    } catch (error) {
      logger.error({ err: error }, 'the heartbeat could not be written to the data directory');
    }
    const { url, method } = settings().heartbeat;
    if (url === null) return this.#is(true);
    await this.#is(await this.#call(url, method, at));
  }

  async #call(url: string, method: 'GET' | 'POST', at: number): Promise<boolean> {
    try {
      const body = JSON.stringify({ at: toIso(at), divisionCode: this.parts.settings().divisionCode });
      const answer = await fetch(url, {
        method,
        ...(method === 'POST' ? { headers: { 'content-type': 'application/json' }, body } : {}),
        redirect: 'manual',
        signal: AbortSignal.timeout(REQUEST_MS),
      });
      await answer.body?.cancel();
      return answer.ok;
    } catch {
      // Its address may bear a secret, and the message of the error bears the address.
      return false;
    }
  }

  async #is(taken: boolean): Promise<void> {
    const before = this.#misses;
    this.#misses = taken ? 0 : before + 1;
    const { alarm, logger } = this.parts;
    try {
      if (this.#misses === MISSES) await alarm({ ...notTaken, standing: true });
      else if (taken && before >= MISSES) await alarm({ ...notTaken, standing: false });
    } catch (error) {
      logger.error({ err: error }, 'an alarm of the heartbeat could not be told');
    }
  }
}

const notTaken: Omit<SystemAlarm, 'standing'> = {
  code: 'heartbeat-not-taken',
  level: 'yellow',
  text: {
    zh: '心跳未被外部值守接收：系统停摆时无人报警，请检查 heartbeat 设置与网络',
    en: 'The watcher outside does not take the heartbeat: nobody would notice a station that stops; check the setting heartbeat and the network',
  },
};
