import { DAY, HOUR, SECOND, toIso } from '#libs/contracts';
import { SeededRandom } from '../random.js';
import { demoPhone, type RunPlan, type Scenario, type Upload } from '../scenario.js';

/** Slow creep with a wet-season swing, as many monitored slopes show for decades: it must stay out of orange and red. */
const CREEP_MM_A_YEAR = 36;
const SEASONAL_MM = 5;
const SAMPLE_MS = 2 * HOUR;
const SAMPLES_AN_UPLOAD = 24;

const code = (plan: RunPlan) => `51322101${plan.run}`;
const gnss = (plan: RunPlan) => `G2${plan.run}`;
const crack = (plan: RunPlan) => `C2${plan.run}`;

/** A year of a slope that only creeps with the seasons: GNSS (± 2 mm) and a crack meter, two days of samples an upload. */
export const seasonalCreep: Scenario = {
  name: 'seasonal-creep',
  eventMs: 360 * DAY,
  wallMs: 300_000,
  point: (plan) => ({
    unifiedCode: code(plan),
    name: '马家坪蠕滑坡',
    kind: 'landslide',
    divisionCode: '513221',
    longitude: 103.671,
    latitude: 32.083,
    threatenedHouseholds: 8,
    threatenedPeople: 29,
    mainSlideDirection: 90,
    material: 'soil',
    thresholds: [],
    release: {},
    drill: { wallStart: toIso(plan.wallStart), eventStart: toIso(plan.eventStart), speed: plan.speed, deliver: 'simulator' },
  }),
  devices: (plan) => [
    { deviceId: gnss(plan), profile: 'gnss', hazardPoint: code(plan), interval: (SAMPLES_AN_UPLOAD * SAMPLE_MS) / SECOND, synthetic: true },
    {
      deviceId: crack(plan),
      profile: 'crack-meter',
      hazardPoint: code(plan),
      interval: (SAMPLES_AN_UPLOAD * SAMPLE_MS) / SECOND,
      synthetic: true,
    },
  ],
  workCards: () => [],
  householdCards: (plan) => [
    {
      hazardPoint: code(plan),
      householder: '孙七',
      phone: demoPhone(21),
      address: '马家坪1组',
      memberCount: 5,
      evacuationRoute: '1号路线',
      shelter: '村委会',
      members: [],
    },
  ],
  *uploads(plan): Iterable<Upload> {
    const random = new SeededRandom(36);
    for (let t = plan.eventStart; ; t += SAMPLES_AN_UPLOAD * SAMPLE_MS) {
      const times = Array.from({ length: SAMPLES_AN_UPLOAD }, (_, i) => t + i * SAMPLE_MS);
      const at = t + (SAMPLES_AN_UPLOAD - 1) * SAMPLE_MS;
      const along = (time: number) => {
        const year = (time - plan.eventStart) / (365.25 * DAY);
        return CREEP_MM_A_YEAR * year + SEASONAL_MM * (1 - Math.cos(2 * Math.PI * year));
      };
      const tenth = (value: number) => Math.round(value * 10) / 10;
      yield {
        device: gnss(plan),
        at,
        form: 'timed',
        samples: times.map((time) => ({
          sensor: 'L1_GP_1',
          time,
          value: {
            gpsTotalX: tenth(random.normal(1.5)),
            gpsTotalY: tenth(along(time) + random.normal(1.5)),
            gpsTotalZ: tenth(-0.2 * along(time) + random.normal(3)),
          },
        })),
      };
      yield {
        device: crack(plan),
        at,
        form: 'timed',
        samples: times.flatMap((time) => [
          { sensor: 'L1_LF_1', time, value: Math.round((along(time) * 0.6 + random.normal(0.05)) * 100) / 100 },
        ]),
      };
    }
  },
};
