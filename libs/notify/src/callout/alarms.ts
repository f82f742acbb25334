import type { SystemAlarm } from '#libs/contracts';
import type { Logger } from '#libs/platform';
import { isOpen, wantsHelp } from '../ladder/party.js';
import type { WholeCallout } from './ports.js';
import { helpAlarm, silentAlarm } from '../ladder/words.js';

/**
 * What stands on the wall because of the call-outs of one warning: a cry for help until somebody takes it up, whatever became of the
 * warning; and from the knock on those who have not answered.
 */
export function alarmsOf(callouts: readonly WholeCallout[]): SystemAlarm[] {
  const alarms: SystemAlarm[] = [];
  const [first] = callouts;
  const crying = new Set(callouts.flatMap(({ parties }) => parties.filter(wantsHelp).map(({ subject }) => subject)));
  if (first && crying.size > 0) alarms.push(helpAlarm(first.callout, crying.size));
  for (const { callout, parties } of callouts) {
    const open = parties.filter(isOpen).length;
    if (callout.endedAt === null && open > 0 && callout.steps.some(({ step }) => step === 'knock')) alarms.push(silentAlarm(callout, open));
  }
  return alarms;
}

/** The alarms that stand: each is told when it begins, when its number changes, and when it ends. */
export class AlarmBoard {
  readonly #shown = new Map<string, SystemAlarm>();

  constructor(
    private readonly tell: (alarm: SystemAlarm) => Promise<void>,
    private readonly logger: Logger,
  ) {}

  /** @param wanted what stands because of this warning now */
  async say(warningId: string, wanted: readonly SystemAlarm[]): Promise<void> {
    try {
      for (const alarm of wanted) {
        const shown = this.#shown.get(alarm.code);
        if (shown?.text.zh === alarm.text.zh) continue;
        // The same alarm with another number: on the wall it ends and begins.
        if (shown) await this.tell({ ...shown, standing: false });
        await this.tell(alarm);
        this.#shown.set(alarm.code, alarm);
      }
      for (const [code, shown] of this.#shown)
        if (code.endsWith(`:${warningId}`) && !wanted.some((alarm) => alarm.code === code)) {
          await this.tell({ ...shown, standing: false });
          this.#shown.delete(code);
        }
    } catch (error) {
      this.logger.error({ warningId, err: error }, 'an alarm of the call-out could not be told; the next change tells it');
    }
  }
}
