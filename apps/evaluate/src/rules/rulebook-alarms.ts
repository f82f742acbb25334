import type { SystemAlarm } from '#libs/contracts';
import type { RulebookError, ScopeFault } from '#libs/evaluate';
import type { Logger } from '#libs/platform';

/** Shows an alarm of the system to people; the wall's. The same standing alarm again is no news there. */
export type ShowAlarm = (alarm: SystemAlarm) => Promise<void>;

type Alarm = Omit<SystemAlarm, 'standing'>;

/** A rule file that is no rulebook. What is in force stays in force. */
export function badFile(file: string, error: Pick<RulebookError, 'faults'>): Alarm {
  const [first] = error.faults;
  const where = `${file}:${first?.line ?? 1}`;
  const what = `${first?.where ? `${first.where}: ` : ''}${first?.message ?? ''}`;
  const more = error.faults.length - 1;
  return {
    code: `rulebook-file:${file}`,
    level: 'yellow',
    text: {
      zh: `规则文件有误，未采用，现行规则不变：${where}：${what}${more > 0 ? `（另有 ${more} 处）` : ''}`,
      en: `Rule file not used, the rules in force stay: ${where}: ${what}${more > 0 ? ` (and ${more} more)` : ''}`,
    },
  };
}

/** Two files of one rulebook: which of them is meant, nobody can know. */
export const doubleFile = (file: string, rulebook: string, other: string): Alarm => ({
  code: `rulebook-file:${file}`,
  level: 'yellow',
  text: {
    zh: `规则文件未采用，现行规则不变：${file}：规则集 ${rulebook} 已在 ${other} 中`,
    en: `Rule file not used, the rules in force stay: ${file}: rulebook ${rulebook} is in ${other} already`,
  },
});

export const badFolder = (directory: string, why: string): Alarm => ({
  code: 'rulebook-folder',
  level: 'yellow',
  text: {
    zh: `规则目录无法读取，现行规则不变：${directory}（${why}）`,
    en: `The folder of rule files can't be read, the rules in force stay: ${directory} (${why})`,
  },
});

/** A version in force that this release cannot read: what was read before goes on, but after a restart its points would be grey. */
export const badInForce = (rulebook: string, error: Pick<RulebookError, 'message'>): Alarm => ({
  code: `rulebook-in-force:${rulebook}`,
  level: 'red',
  text: {
    zh: `现行规则集 ${rulebook} 无法读取，请立即启用可用版本：${error.message.split('\n')[0] ?? ''}`,
    en: `Rulebook ${rulebook} in force can't be read, put a good version in force now: ${error.message.split('\n')[0] ?? ''}`,
  },
});

/** Points under a rulebook that was not made for such points: one alarm a rulebook, however many they are. */
export function outOfScope(rulebook: string, faults: readonly ScopeFault[]): Alarm {
  const [first] = faults;
  const more = faults.length - 1;
  return {
    code: `rulebook-scope:${rulebook}`,
    level: 'yellow',
    text: {
      zh: `${first?.text.zh ?? ''}${more > 0 ? `（另有 ${more} 处隐患点）` : ''}`,
      en: `${first?.text.en ?? ''}${more > 0 ? ` (and ${more} more points)` : ''}`,
    },
  };
}

/** Thresholds of points that name no indicator of their rulebook: nobody is warned by them. */
export function uselessThresholds(rulebook: string, found: readonly { hazardPoint: string; rule: string }[]): Alarm {
  const [first] = found;
  const more = found.length - 1;
  const what = `${first?.hazardPoint ?? ''}: ${first?.rule ?? ''}`;
  return {
    code: `threshold-unused:${rulebook}`,
    level: 'yellow',
    text: {
      zh: `隐患点阈值不对应规则集 ${rulebook} 的任何指标，不起作用：${what}${more > 0 ? `（另有 ${more} 项）` : ''}`,
      en: `A point's threshold names no indicator of rulebook ${rulebook} and rules nothing: ${what}${more > 0 ? ` (and ${more} more)` : ''}`,
    },
  };
}

/** Standing alarms about rules: each is told when it begins, when its text changes and when it ends. */
export class RulebookAlarms {
  readonly #standing = new Map<string, Alarm>();
  #show: ShowAlarm = () => Promise.resolve();
  #telling: Promise<void> = Promise.resolve();

  constructor(private readonly logger: Logger) {}

  connect(show: ShowAlarm): void {
    this.#show = show;
  }

  /** What is wrong now, of one kind of alarm; what is no longer in it ends. @param kind beginning of their codes */
  set(kind: string, alarms: readonly Alarm[]): void {
    const now = new Map(alarms.map((alarm) => [alarm.code, alarm]));
    for (const [code, before] of this.#standing) {
      if (!code.startsWith(kind)) continue;
      const same = now.get(code)?.text.en === before.text.en;
      if (same) now.delete(code);
      else {
        this.#standing.delete(code);
        this.#tell({ ...before, standing: false });
      }
    }
    for (const [code, alarm] of now) {
      this.#standing.set(code, alarm);
      this.logger.error({ code }, alarm.text.en);
      this.#tell({ ...alarm, standing: true });
    }
  }

  /** Tells again what stands: a database that was away when it began has taken nothing. */
  again(): void {
    for (const alarm of this.#standing.values()) this.#tell({ ...alarm, standing: true });
  }

  /** Everything said so far is told, or could not be. */
  told(): Promise<void> {
    return this.#telling;
  }

  #tell(alarm: SystemAlarm): void {
    this.#telling = this.#telling
      .then(() => this.#show(alarm))
      .catch((error: unknown) => this.logger.warn({ err: error, code: alarm.code }, 'alarm about rules not told; tried again'));
  }
}
