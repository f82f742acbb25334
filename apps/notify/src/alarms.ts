import type { DeliveryChannel, SystemAlarm } from '#libs/contracts';
import type { DarkReason, Receipt, Reported } from '#libs/notify';
import type { Health, Logger } from '#libs/platform';

type Alarm = Omit<SystemAlarm, 'standing'>;
/** Shows an alarm of the system to people; the wall's. */
export type ShowAlarm = (alarm: SystemAlarm) => Promise<void>;

export const noWayToSend: Alarm = {
  code: 'no-way-to-send-sms',
  level: 'red',
  text: {
    zh: '无法发送短信：未配置任何短信通道（WANGSHAN_SMS_DRIVERS）',
    en: 'No way to send SMS: no driver is configured (WANGSHAN_SMS_DRIVERS)',
  },
};

const providerDown = (name: string, reason: string): Alarm => ({
  code: `sms-provider-down:${name}`,
  level: 'orange',
  text: { zh: `短信通道 ${name} 停用：${reason}`, en: `SMS provider ${name} is out: ${reason}` },
});

/** A robot, the mail server, a webhook, the loudspeakers: what informs, and wakes nobody. */
const channelDown = (name: string, reason: string): Alarm => ({
  code: `channel-down:${name}`,
  level: 'yellow',
  text: { zh: `消息通道 ${name} 停用：${reason}`, en: `Channel ${name} is out: ${reason}` },
});

/** The alarm of a driver that is out, by what it sends. */
export const driverDown = (kind: DeliveryChannel, name: string, reason: string): Alarm =>
  kind === 'sms' || kind === 'voice' ? providerDown(name, reason) : channelDown(name, reason);

const darkReasons: Readonly<Record<DarkReason, SystemAlarm['text']>> = {
  'no-display': { zh: '没有大屏在线', en: 'no display is connected' },
  'not-shown': { zh: '大屏在线但未显示', en: 'displays are connected and did not paint it' },
};
/** A warning was not shown in the command centre. It is no fault of a provider, and ends with the next message that a display has painted. */
const wallDark = (reason: DarkReason): Alarm => ({
  code: 'wall-dark',
  level: 'orange',
  text: {
    zh: `指挥中心大屏未显示预警：${darkReasons[reason].zh}`,
    en: `The command centre did not see a warning: ${darkReasons[reason].en}`,
  },
});

/**
 * Alarms by what the wall's receipts say: one that a real message stayed dark begins it, the next message that a display has painted ends it. Nobody is
 * alarmed by an exercise.
 */
export const watchWall =
  (show: ShowAlarm, logger: Logger) =>
  ({ provider, status, code }: Receipt, { exercise }: Reported): void => {
    const dark = status === 'failed';
    if (provider !== 'wall' || (dark && exercise)) return;
    const alarm = { ...wallDark(code === 'no-display' ? code : 'not-shown'), standing: dark };
    show(alarm).catch((error: unknown) => logger.error({ code: alarm.code, err: error }, 'an alarm of the wall could not be told'));
  };

/** Standing alarms of the stage: each is an event when it begins and when it ends, and a line of /readyz in between. */
export class Alarms {
  readonly #standing = new Map<string, Alarm>();
  readonly #show: ShowAlarm;
  readonly #health: Health;
  readonly #logger: Logger;
  #store = '';

  constructor(show: ShowAlarm, health: Health, logger: Logger) {
    this.#show = show;
    this.#health = health;
    this.#logger = logger;
  }

  async raise(alarm: Alarm): Promise<void> {
    if (this.#standing.has(alarm.code)) return;
    this.#standing.set(alarm.code, alarm);
    await this.#say({ ...alarm, standing: true });
  }

  async end(code: string): Promise<void> {
    const alarm = this.#standing.get(code);
    if (!alarm) return;
    this.#standing.delete(code);
    await this.#say({ ...alarm, standing: false });
  }

  /** The store is away (why) or back (''). No event: the store would have to write it. */
  store(why: string): void {
    this.#store = why;
    this.report();
  }

  report(): void {
    const standing = [...this.#standing.values()].map(({ text }) => text.en);
    const details = this.#store === '' ? standing : [...standing, `the outbox does not answer: ${this.#store}`];
    this.#health.set('notify', details.length === 0 ? 'ok' : 'degraded', details.join('; '));
  }

  async #say(alarm: SystemAlarm): Promise<void> {
    this.report();
    this.#logger[alarm.standing ? 'error' : 'info']({ code: alarm.code, standing: alarm.standing }, alarm.text.en);
    try {
      await this.#show(alarm);
    } catch (error) {
      this.#logger.error({ code: alarm.code, err: error }, 'a system alarm could not be written for the wall');
    }
  }
}
