import type { AreaEvent, FloodSettings, SystemAlarm, WarningLevel, WarningRecord } from '#libs/contracts';
import { fromIso, HOUR, levelRank, MINUTE, SECOND, toIso } from '#libs/contracts';

/**
 * How long one flood stands, ms: the length of a long rain. Shorter: it goes and comes during one night. Longer: the warnings of the next day are
 * counted to it.
 */
const STANDS_MS = 6 * HOUR;
/** Digits of a county's code: one rain cell, one duty desk. */
const COUNTY_DIGITS = 6;
/** Points the sentence names; the others are counted, and all are in `about`. */
const NAMED = 8;

/**
 * A flood that grows is said again this often at most, ms. Oftener: each of a thousand points that rise in a storm writes the names of all the others, and
 * the warnings of the next wait behind that. Rarer: the list people work from is behind what has happened.
 */
const SAID_EVERY_MS = SECOND;

interface Risen {
  warningId: string;
  hazardPoint: string;
  pointName: string;
  level: WarningLevel;
  at: number;
  /** Raised by what falls, not by what moves. */
  byRain: boolean;
}

/** A warning as it was written, and the name of its point. */
export interface FloodNews {
  warning: WarningRecord;
  pointName: string;
}

/**
 * Many points of one county that rise within minutes are one event for the wall and for whoever is on duty: one alarm that names them (algorithms.md
 * B14). It adds a view and takes nothing away: every warning stands, is told and is called for by itself (docs/adr/0037).
 */
export class FloodWatch {
  /** By county, then by point: its last rise. */
  readonly #risen = new Map<string, Map<string, Risen>>();
  readonly #standing = new Map<string, { since: number; last: number; said: string; saidAt: number; warnings: Map<string, string> }>();

  /** Counties whose flood has grown since it was said, and what held then. */
  readonly #grown = new Map<string, FloodSettings>();

  /**
   * Takes in warnings as they were written.
   * @param now wall clock, epoch ms
   * @returns alarms that begin, name other points or levels now, or end
   */
  heard(news: readonly FloodNews[], now: number, settings: FloodSettings): SystemAlarm[] {
    const counties = new Set<string>();
    for (const { warning, pointName } of news) {
      const county = warning.divisionCode.slice(0, COUNTY_DIGITS);
      const risen = this.#risen.get(county) ?? new Map<string, Risen>();
      this.#risen.set(county, risen);
      const known = risen.get(warning.hazardPoint);
      if (!warning.active || warning.exercise || !(warning.state === 'candidate' || warning.state === 'confirmed')) {
        if (!risen.delete(warning.hazardPoint)) continue;
      } else {
        const rose = known?.warningId !== warning.id || levelRank(warning.level) > levelRank(known.level);
        const byRain = warning.reasons.some(({ channel }) => channel?.startsWith('L3_YL'));
        // A warning heard of for the first time rose when it was opened, which after a restart was earlier.
        const at = known ? now : Math.min(now, fromIso(warning.updatedAt));
        risen.set(warning.hazardPoint, {
          warningId: warning.id,
          hazardPoint: warning.hazardPoint,
          pointName,
          level: warning.level,
          byRain,
          at: rose ? at : known.at,
        });
      }
      counties.add(county);
    }
    return [...counties].flatMap((county) => this.#look(county, now, settings));
  }

  /** Says what has grown, and ends what has stood too long. Called each second. */
  tick(now: number): SystemAlarm[] {
    const grown = [...this.#grown].flatMap(([county, settings]) => this.#look(county, now, settings));
    const over = [...this.#standing].flatMap(([county, { last }]) => (now - last >= STANDS_MS ? [this.#end(county)] : []));
    return [...grown, ...over];
  }

  /**
   * What a warning belongs to while that stands.
   * @param visible whether the point of another of its warnings may be shown
   */
  eventOf(
    { id, divisionCode }: Pick<WarningRecord, 'id' | 'divisionCode'>,
    visible: (hazardPoint: string) => boolean = () => true,
  ): AreaEvent | undefined {
    const county = divisionCode.slice(0, COUNTY_DIGITS);
    const standing = this.#standing.get(county);
    if (!standing?.warnings.has(id)) return undefined;
    const warnings = [...standing.warnings].flatMap(([warning, point]) => (visible(point) ? [warning] : []));
    return { id: headOf(county).code, since: toIso(standing.since), warnings };
  }

  #look(county: string, now: number, settings: FloodSettings): SystemAlarm[] {
    const { points: enough, withinMinutes } = settings;
    this.#grown.delete(county);
    const standing = this.#standing.get(county);
    const window = withinMinutes * MINUTE;
    const all = [...(this.#risen.get(county)?.values() ?? [])];
    const latest = Math.max(...all.map(({ at }) => at), standing?.last ?? 0);
    const members = all.filter(({ at }) => at >= (standing?.since ?? latest) - window);
    if (members.length < enough) return standing ? [this.#end(county)] : [];
    if (standing && now - standing.saidAt < SAID_EVERY_MS) {
      this.#grown.set(county, settings);
      return [];
    }
    const since = standing?.since ?? Math.min(...members.map(({ at }) => at));
    const sorted = members.toSorted((a, b) => levelRank(b.level) - levelRank(a.level) || (a.hazardPoint < b.hazardPoint ? -1 : 1));
    const said = sorted.map(({ hazardPoint, level }) => `${hazardPoint} ${level}`).join();
    if (standing?.said === said) return [];
    const warnings = new Map(sorted.map((one) => [one.warningId, one.hazardPoint]));
    this.#standing.set(county, { since, last: latest, said, saidAt: now, warnings });
    return [alarmOf(county, sorted, latest)];
  }

  #end(county: string): SystemAlarm {
    this.#standing.delete(county);
    // What has risen is known now: only what rises from here on makes a new one.
    this.#risen.get(county)?.forEach((one) => (one.at = -Infinity));
    return { ...headOf(county), level: 'yellow', standing: false, text: { zh: '集中预警过程结束', en: 'The area event ended' } };
  }
}

const headOf = (county: string): Pick<SystemAlarm, 'code' | 'owner'> => ({ code: `flood:${county}`, owner: 'duty' });
const words: Readonly<Record<WarningLevel, readonly [string, string]>> = {
  red: ['红', 'red'],
  orange: ['橙', 'orange'],
  yellow: ['黄', 'yellow'],
  blue: ['蓝', 'blue'],
};

/** @param risen highest level first */
function alarmOf(county: string, risen: readonly Risen[], last: number): SystemAlarm {
  const more = risen.length > NAMED;
  const named = risen.slice(0, NAMED);
  const rain = risen.filter(({ byRain }) => byRain).length;
  const list = (tongue: 0 | 1): string =>
    named.map(({ pointName, level }) => `${pointName}(${words[level][tongue]})`).join(tongue === 0 ? '、' : ', ');
  return {
    ...headOf(county),
    level: risen[0]?.level ?? 'yellow',
    standing: true,
    until: toIso(last + STANDS_MS),
    about: risen.map(({ hazardPoint }) => hazardPoint),
    text: {
      zh: `${county} ${risen.length} 个隐患点短时间内相继预警${rain > 0 ? `（${rain} 处由降雨触发）` : ''}，按一个过程处置：${list(0)}${more ? '等' : ''}。各点预警照常发布`,
      en: `${risen.length} points of ${county} rose within minutes${rain > 0 ? ` (${rain} by rain)` : ''}, one event: ${list(1)}${more ? ' …' : ''}. Every warning goes out as ever`,
    },
  };
}
