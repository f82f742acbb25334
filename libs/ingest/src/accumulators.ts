/** Last known total of every accumulating channel (rain `totalValue`), to tell a reset from a measurement. */
export class Accumulators {
  readonly #last = new Map<string, { time: number; value: number; reset: boolean }>();

  /**
   * True when the total fell since the sample before it in device time. Late samples say nothing and change nothing; the
   * same sample again (a resend after a failed commit) gets the same answer. After a start the first sample is the base.
   */
  isReset(deviceId: string, channel: string, time: number, value: number): boolean {
    const key = `${deviceId}\u001f${channel}`;
    const last = this.#last.get(key);
    if (last && time < last.time) return false;
    if (last && time === last.time) return last.reset && value === last.value;
    const reset = last !== undefined && value < last.value;
    this.#last.set(key, { time, value, reset });
    return reset;
  }
}
