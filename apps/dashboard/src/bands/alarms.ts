import { levelRank, type SystemAlarm } from '#libs/contracts';

/** Alarms a page shows by itself. One more, and on a small screen of a county in a storm the page under them is gone; fewer, and the second fault is missed. */
export const ALARMS_SHOWN = 3;

/** Strongest first; of one level what is wrong with the station itself before what waits for somebody, for it may be why they wait; then the latest told. */
export const alarmsInOrder = (alarms: Iterable<SystemAlarm>): SystemAlarm[] =>
  [...alarms]
    .toReversed()
    .toSorted((a, b) => levelRank(b.level) - levelRank(a.level) || Number(a.owner !== undefined) - Number(b.owner !== undefined));

/** The warning an alarm is about, by the end of its code (`silent:public:<id>`); undefined for any other. */
export function warningOf({ code }: Pick<SystemAlarm, 'code'>, warnings: ReadonlyMap<string, unknown>): string | undefined {
  const id = code.slice(code.lastIndexOf(':') + 1);
  return warnings.has(id) ? id : undefined;
}
