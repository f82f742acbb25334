import { MINUTE, toIso, type DecodeFault, type ProfileField, type Sample } from '#libs/contracts';

/**
 * How far ahead of its point's clock a device may be (domain.md §2.3 rule 5). Less: a clock a few minutes fast silences the
 * device. More: one wrong sample in the future holds every sliding window still until real time has caught up with it.
 */
export const CLOCK_AHEAD_MS = 10 * MINUTE;

/** A sample that may become a reading: finite, of the profile, at a plausible time. */
export interface ValidSample {
  deviceId: string;
  channel: string;
  field: ProfileField;
  time: number;
  value: number;
  stamped: boolean;
}

/** When each device's packet was received, on the clock of that device's point, and the stamp for its untimed samples. */
export interface ArrivalTimes {
  pointNow(deviceId: string): number;
  stamp(deviceId: string): number;
}

/** Splits samples into valid ones and faults; the faults of one reason are joined by the caller. */
export function validate(samples: readonly Sample[], arrival: ArrivalTimes): { valid: ValidSample[]; faults: DecodeFault[] } {
  const valid: ValidSample[] = [];
  const faults: DecodeFault[] = [];
  for (const { deviceId, channel, field, time, value } of samples) {
    if (!Number.isFinite(value)) faults.push({ reason: 'bad-value', detail: `${channel} is no finite number` });
    else if (time === null) valid.push({ deviceId, channel, field, value, time: arrival.stamp(deviceId), stamped: true });
    else {
      const ahead = time - arrival.pointNow(deviceId);
      if (ahead <= CLOCK_AHEAD_MS) valid.push({ deviceId, channel, field, value, time, stamped: false });
      else
        faults.push({
          reason: 'clock-ahead',
          detail: `${channel} at ${toIso(time)} is ${Math.round(ahead / 1000)} s ahead`,
        });
    }
  }
  return { valid, faults };
}
