import { HOUR, MINUTE, toIso } from '#libs/contracts';
import { SeededRandom } from '../random.js';
import { demoPhone, type RunPlan, type Scenario, type Upload } from '../scenario.js';

const SAMPLE_MS = 5 * MINUTE;
/** A gauge shows a 24-hour sum only after 24 hours, and the point is grey until then: the storm begins when it has been green for a while. */
const DRY_HOURS = 28;
const code = (plan: RunPlan) => `51322103${plan.run}`;
const station = (plan: RunPlan) => `R3${plan.run}`;

/**
 * Rain of a cloudburst that grows over six hours, peaks at about 70 mm/h and ends; mm in five minutes at `hours` after its start.
 */
function rainAt(hours: number): number {
  if (hours < DRY_HOURS || hours > DRY_HOURS + 10) return 0;
  const peak = 62 * Math.exp(-(((hours - DRY_HOURS - 5.5) / 1.1) ** 2));
  const base = 6 * Math.exp(-(((hours - DRY_HOURS - 5) / 3) ** 2));
  return (peak + base) / 12;
}

/** A rain-driven gully in a storm: rain gauge and mud level on one station, rain every five minutes, two times a frame. */
export const debrisFlow: Scenario = {
  name: 'debris-flow',
  eventMs: 60 * HOUR,
  wallMs: 240_000,
  point: (plan) => ({
    unifiedCode: code(plan),
    name: '干沟泥石流',
    kind: 'debris-flow',
    divisionCode: '513221',
    longitude: 103.634,
    latitude: 32.058,
    // The gully's mouth and its fan, made up like the place.
    dangerZone: [
      [103.6331, 32.0592],
      [103.6349, 32.0592],
      [103.6372, 32.0551],
      [103.6309, 32.0548],
      [103.6331, 32.0592],
    ],
    threatenedHouseholds: 21,
    threatenedPeople: 83,
    thresholds: [],
    release: {},
    drill: { wallStart: toIso(plan.wallStart), eventStart: toIso(plan.eventStart), speed: plan.speed, deliver: 'simulator' },
  }),
  devices: (plan) => [{ deviceId: station(plan), profile: 'station', hazardPoint: code(plan), interval: 600, synthetic: true }],
  workCards: (plan) => [
    {
      hazardPoint: code(plan),
      responsible: { name: '陈志强', phone: demoPhone(103) },
      monitor: { name: '刘洋', phone: demoPhone(104) },
      evacuationRoute: '东侧台地',
      shelter: '镇中学',
      signal: '手摇警报器',
    },
  ],
  householdCards: (plan) => [
    {
      hazardPoint: code(plan),
      householder: '周八',
      phone: demoPhone(31),
      address: '干沟村2组',
      memberCount: 6,
      evacuationRoute: '3号路线',
      shelter: '镇中学',
      members: [],
    },
  ],
  *uploads(plan): Iterable<Upload> {
    const random = new SeededRandom(3);
    let total = 0;
    let mud = 1.2;
    for (let t = plan.eventStart; ; t += 2 * SAMPLE_MS) {
      const samples: Upload['samples'] = [];
      for (const time of [t, t + SAMPLE_MS]) {
        const hours = (time - plan.eventStart) / HOUR;
        const tips = Math.round((rainAt(hours) * (0.8 + 0.4 * random.next())) / 0.2);
        const value = Math.round(tips * 2) / 10;
        total = Math.round((total + value) * 10) / 10;
        mud += 0.02 * value - 0.05 * (mud - 1.2);
        samples.push({ sensor: 'L3_YL_1', time, value: { value, totalValue: total } });
        samples.push({ sensor: 'L4_NW_1', time, value: Math.round(mud * 1000) / 1000 });
      }
      yield { device: station(plan), at: t + SAMPLE_MS, form: 'timed', samples };
    }
  },
};
