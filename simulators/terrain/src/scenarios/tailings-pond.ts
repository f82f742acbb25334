import { DAY, HOUR, SECOND, toIso } from '#libs/contracts';
import { SeededRandom } from '../random.js';
import { type RunPlan, type Scenario, type Upload } from '../scenario.js';

const SAMPLE_MS = 2 * HOUR;
const SAMPLES_AN_UPLOAD = 3;
const code = (plan: RunPlan) => `51322109${plan.run}`;
const pond = (plan: RunPlan) => `T4${plan.run}`;

/**
 * A tailings pond (尾矿库) over a wet fortnight: the pond level rises, the dry beach shortens to the yellow range and recovers.
 * Its logger speaks the JSON topic, three samples a message.
 */
export const tailingsPond: Scenario = {
  name: 'tailings-pond',
  eventMs: 30 * DAY,
  wallMs: 300_000,
  point: (plan) => ({
    unifiedCode: code(plan),
    name: '青石尾矿库',
    kind: 'tailings-pond',
    divisionCode: '513221',
    longitude: 103.612,
    latitude: 32.094,
    threatenedHouseholds: 5,
    threatenedPeople: 17,
    damGrade: 5,
    thresholds: [],
    release: {},
    drill: { wallStart: toIso(plan.wallStart), eventStart: toIso(plan.eventStart), speed: plan.speed, deliver: 'simulator' },
  }),
  devices: (plan) => [
    {
      deviceId: pond(plan),
      profile: 'tailings',
      hazardPoint: code(plan),
      interval: (SAMPLES_AN_UPLOAD * SAMPLE_MS) / SECOND,
      synthetic: true,
    },
  ],
  workCards: () => [],
  householdCards: () => [],
  *uploads(plan): Iterable<Upload> {
    const random = new SeededRandom(4);
    const hundredth = (value: number) => Math.round(value * 100) / 100;
    for (let start = plan.eventStart; ; start += SAMPLES_AN_UPLOAD * SAMPLE_MS) {
      const samples: Upload['samples'] = [];
      for (let i = 0; i < SAMPLES_AN_UPLOAD; i++) {
        const time = start + i * SAMPLE_MS;
        const wet = Math.exp(-((((time - plan.eventStart) / DAY - 18) / 4) ** 2));
        samples.push({ sensor: 'L3_WK_1.shoalLength', time, value: hundredth(96 - 42 * wet + random.normal(0.4)) });
        samples.push({ sensor: 'L3_WK_1.freeboard', time, value: hundredth(1.9 - 1.15 * wet + random.normal(0.01)) });
        samples.push({ sensor: 'L3_WK_1.satLineDepth', time, value: hundredth(7.5 - 3 * wet + random.normal(0.03)) });
        samples.push({ sensor: 'L3_WK_1.waterLevel', time, value: hundredth(118.2 + 1.15 * wet) });
      }
      yield { device: pond(plan), at: start + (SAMPLES_AN_UPLOAD - 1) * SAMPLE_MS, form: 'json', samples };
    }
  },
};
