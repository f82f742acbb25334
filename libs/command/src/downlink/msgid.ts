/**
 * The next number of a command: milliseconds, and always above the last one given out. Devices drop a number they have heard before
 * (DZ/T 0450 firmwares), so one that came back after a new installation of the station would be a command nobody carries out; a plain
 * counter would do that.
 */
export function nextMsgid(last: string, now: number): string {
  return String(Math.max(Math.trunc(now), (last === '' ? 0 : Number(last)) + 1));
}
