import { makeTask, taskEvent, type Ledger } from '#libs/alert';
import { DAY, type Clock, type Settings, type Task, type WarningRecord } from '#libs/contracts';
import type { Logger } from '#libs/platform';
import type { NumberStore, NumberToMend } from './ports.js';

/** Time to find the new number. Longer: the next rain comes first. Shorter: nobody reaches a family that works in the city within an evening. */
const MEND_WITHIN_MS = DAY;
/** Tasks made in one round: a provider that calls every number dead must not hold up the auditor behind a thousand writes. */
const A_ROUND = 50;

export interface MendDeskParts {
  numbers: NumberStore;
  warning: (id: string) => Promise<WarningRecord | undefined>;
  pointName: (unifiedCode: string) => string;
  ledger: Ledger;
  /** Open tasks of this kind. */
  open: () => readonly Task[];
  withdraw: (task: Task, note: string) => Promise<void>;
  settings: () => Settings;
  clock: Clock;
  hash: (...parts: readonly (string | number)[]) => string;
  logger: Logger;
}

/**
 * A number that is dead is somebody's work, or the next warning fails at it again: a task for the village, of a household, or for duty. It outlives its
 * warning and ends by itself when the card carries another number, or a message arrives after all. Follows from the record alone, so that a round
 * that was missed, or broken off, is made up for by the next.
 */
export class MendDesk {
  constructor(private readonly parts: MendDeskParts) {}

  /** Called every ten seconds. What can't be done now is done in the next round. */
  async round(): Promise<void> {
    const { numbers, settings, open, withdraw, logger } = this.parts;
    try {
      for (const one of await numbers.toMend(A_ROUND)) await this.#ask(one);
      const tasks = open();
      if (tasks.length === 0) return;
      const roster = settings().dutyRoster.map(({ phone }) => phone);
      const ids = tasks.map(({ id }) => id);
      const mended = new Set(await numbers.mended(ids, roster));
      for (const task of tasks) if (mended.has(task.id)) await withdraw(task, '号码已更正或已恢复 · mended');
    } catch (error) {
      logger.warn({ err: error }, 'dead numbers could not be looked after; the next round does it');
    }
  }

  async #ask({ key, since, warningId, recipient }: NumberToMend): Promise<void> {
    const { warning: find, ledger, clock, hash, numbers, pointName, logger } = this.parts;
    const warning = await find(warningId);
    if (!warning) return;
    const now = clock.now();
    const id = hash('task', 'mend', key, since);
    const owner = { role: recipient.startsWith('household:') ? ('village' as const) : ('duty' as const) };
    const task = makeTask({ id, kind: 'mend', title, about: recipient, owner, within: MEND_WITHIN_MS }, warning, now);
    await ledger.write({ tasks: [task], events: [taskEvent(task, pointName(task.hazardPoint), now, hash)] });
    await numbers.asked(key, id);
    logger.info({ warningId, task: id }, 'a number is out of service: somebody was asked to correct it');
  }
}

const title = { zh: '号码停机或空号：核实并更正', en: 'Number out of service: find the new one and correct it' };
