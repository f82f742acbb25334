import type { DeviceState, OutageSettings, SystemAlarm } from '#libs/contracts';
import { DAY, MINUTE, toIso } from '#libs/contracts';

/** A device whose state has changed, and where it stands. */
export interface DeviceNews {
  deviceId: string;
  /** Its collector. */
  parent?: string;
  state: DeviceState;
  hazardPoint: string;
  pointName: string;
  divisionCode: string;
}

/**
 * How long one alarm stands, ms. Shorter: it goes and comes during one long cut. Longer: it is still there when everybody has got used to it; what is
 * silent then is seen device by device, as ever.
 */
const STANDS_MS = DAY;
/** Digits of a county's code: towns of one county lose power together, counties do not. */
const COUNTY_DIGITS = 6;
/** Points the sentence names; the others are counted, and all are in `about`. */
const NAMED = 8;

interface Silent extends DeviceNews {
  since: number;
}
interface Standing {
  since: number;
  /** Silent from then on counts. */
  earliest: number;
  points: string;
}

/**
 * Many points of one county that fall silent together are one event: a cut of power or network, told as one alarm that names them. It is about
 * silence only: no level, warning or state of a device depends on it (docs/adr/0031).
 */
export class OutageWatch {
  /** By county, then by device. */
  readonly #silent = new Map<string, Map<string, Silent>>();
  readonly #standing = new Map<string, Standing>();

  /**
   * Takes in what changed.
   * @param now wall clock, epoch ms
   * @returns alarms that begin, name other points now, or end
   */
  heard(news: readonly DeviceNews[], now: number, settings: OutageSettings): SystemAlarm[] {
    const counties = new Set<string>();
    for (const one of news) {
      const county = one.divisionCode.slice(0, COUNTY_DIGITS);
      const silent = this.#silent.get(county) ?? new Map<string, Silent>();
      this.#silent.set(county, silent);
      if (one.state !== 'offline') silent.delete(one.deviceId);
      else if (!silent.has(one.deviceId)) silent.set(one.deviceId, { ...one, since: now });
      counties.add(county);
    }
    return [...counties].flatMap((county) => this.#look(county, now, settings));
  }

  /** What stands, as it was said last: to say it again after a restart. Rebuilt by hearing once more what was heard, each at its time. */
  standing(): SystemAlarm[] {
    return [...this.#standing].map(([county, { since, earliest }]) => alarmOf(county, this.#points(county, earliest), since));
  }

  /** Ends what has stood too long. Called each second. */
  tick(now: number): SystemAlarm[] {
    return [...this.#standing].flatMap(([county, { since }]) => (now - since >= STANDS_MS ? [this.#end(county)] : []));
  }

  #look(county: string, now: number, { points: enough, withinMinutes }: OutageSettings): SystemAlarm[] {
    const standing = this.#standing.get(county);
    const earliest = (standing?.since ?? now) - withinMinutes * MINUTE;
    const points = this.#points(county, earliest);
    if (points.length < enough) return standing ? [this.#end(county)] : [];
    const named = points.map(({ hazardPoint }) => hazardPoint).join(' ');
    if (standing?.points === named) return [];
    const since = standing?.since ?? now;
    this.#standing.set(county, { since, earliest, points: named });
    return [alarmOf(county, points, since)];
  }

  /** Points with a device silent since then. A collector's children fall silent because it does: they are not counted beside it. */
  #points(county: string, earliest: number): DeviceNews[] {
    const silent = this.#silent.get(county) ?? new Map<string, Silent>();
    const points = new Map<string, DeviceNews>();
    for (const one of silent.values())
      if (one.since >= earliest && !(one.parent !== undefined && silent.has(one.parent))) points.set(one.hazardPoint, one);
    return [...points.values()].toSorted((a, b) => (a.hazardPoint < b.hazardPoint ? -1 : 1));
  }

  #end(county: string): SystemAlarm {
    this.#standing.delete(county);
    // What was silent is known now: only points that fall silent from here on make a new alarm.
    this.#silent.get(county)?.forEach((one) => (one.since = -Infinity));
    return { ...headOf(county), standing: false, text: { zh: '集中中断结束', en: 'The outage ended' } };
  }
}

const headOf = (county: string): Pick<SystemAlarm, 'code' | 'level' | 'owner'> => ({
  code: `outage:${county}`,
  level: 'orange',
  owner: 'duty',
});

function alarmOf(county: string, points: readonly DeviceNews[], since: number): SystemAlarm {
  const names = points.slice(0, NAMED).map(({ pointName }) => pointName);
  const more = points.length > NAMED;
  return {
    ...headOf(county),
    standing: true,
    until: toIso(since + STANDS_MS),
    about: points.map(({ hazardPoint }) => hazardPoint),
    text: {
      zh: `${county} 有 ${points.length} 个隐患点几乎同时中断，可能停电或断网：${names.join('、')}${more ? '等' : ''}。预警等级不受影响`,
      en: `${points.length} points of ${county} fell silent together, power or network may be cut: ${names.join(', ')}${more ? ' …' : ''}. No level is touched by it`,
    },
  };
}
