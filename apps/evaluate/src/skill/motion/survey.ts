import path from 'node:path';
import { DAY, fromIso, levelRank } from '#libs/contracts';
import { alarmsOf } from '#libs/evaluate';
import { judge, shipped, type Judged, type Sample } from '../judge.js';
import { rowsOf } from '../records.js';
import type { Goal } from '../section.js';

/** A month of a survey in which some point moved so much is a step of the slope, mm. */
const stepSize = 50;
const interval = 31 * 86_400;

export interface SurveyRecord {
  samples: Sample[];
  points: string[];
  /** Months with their greatest real increment at any point, mm. */
  months: { month: string; greatest: number }[];
}

/** Monthly GPS of a Three Gorges slope; every point is an instrument. @param copied month whose row is known to be a copy of another */
export function surveyRecord(folder: string, copied?: string): SurveyRecord {
  const rows = rowsOf(path.join(folder, 'gps_monthly_displacement.csv')).map(([month = '', point = '', dx, dy, df]) => ({
    month,
    point,
    time: fromIso(`${month}-15T00:00:00Z`),
    x: Number(dx),
    y: Number(dy),
    total: Number(df),
    there: dx !== '' && dy !== '',
  }));
  const known = rows.filter(({ there }) => there);
  const points = [...new Set(known.map(({ point }) => point))];
  const greatest = new Map<string, number>();
  for (const name of points) {
    const own = known.filter(({ point, month }) => point === name && month !== copied);
    for (const [at, row] of own.entries()) {
      const before = own[at - 1];
      if (before && row.time - before.time < 35 * DAY)
        greatest.set(row.month, Math.max(greatest.get(row.month) ?? 0, row.total - before.total));
    }
  }
  const samples = known
    .toSorted((a, b) => a.time - b.time)
    .flatMap(({ point, time, x, y }) => [
      { deviceId: point, channel: 'L1_GP_1.gpsTotalX', time, value: x },
      { deviceId: point, channel: 'L1_GP_1.gpsTotalY', time, value: y },
    ]);
  return { samples, points, months: [...greatest].map(([month, value]) => ({ month, greatest: value })) };
}

/** Judges a survey; `held` names the points whose newest value was set aside as an outlier when a month came. */
export async function judgeSurvey({ samples, points }: SurveyRecord): Promise<Judged & { held: Map<number, number> }> {
  const held = new Map<number, number>();
  const judged = await judge(
    { rulebook: shipped('survey-monthly'), devices: points.map((deviceId) => ({ deviceId, interval })) },
    samples,
    { look: (time, indicators) => void held.set(time, indicators.filter(({ detail }) => detail?.['held'] !== undefined).length) },
  );
  return { ...judged, held };
}

/** Goals every survey of a step-like slope has. */
export function stepGoals(name: string, record: SurveyRecord, { said, period }: Judged): Goal[] {
  const steps = record.months.filter(({ month, greatest }) => /-0[67]$/.test(month) && greatest >= stepSize);
  const yellow = alarmsOf(said, period, 'yellow', 'told');
  // A real jump comes one survey late: it is told with the survey after it at the latest.
  const told = steps.filter(({ month }) => {
    const at = fromIso(`${month}-15T00:00:00Z`);
    return yellow.some(({ from, to }) => from <= at + 32 * DAY && to >= at);
  });
  const red = alarmsOf(said, period, 'red', 'confirmed').length;
  const strongest = said.map(({ level }) => level).toSorted((a, b) => levelRank(b) - levelRank(a))[0];
  return [
    {
      what: `${name}: June–July steps (≥ ${stepSize} mm in a month) at least yellow, by the next survey at the latest`,
      goal: 'all',
      figure: `${told.length} of ${steps.length}`,
      met: steps.length > 0 && told.length === steps.length,
    },
    { what: `${name}: confirmed red`, goal: 'none', figure: `${red}; strongest level said: ${strongest ?? 'none'}`, met: red === 0 },
  ];
}
