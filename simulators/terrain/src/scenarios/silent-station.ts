import { MINUTE, SECOND } from '#libs/contracts';
import { SeededRandom } from '../random.js';
import { type RunPlan, type Scenario, type Upload } from '../scenario.js';

const SAMPLE_MS = 10 * SECOND;
/** After this the battery is dead. */
const SPEAKS_MS = 70 * SECOND;
const code = (plan: RunPlan) => `51322101${plan.run}`;
const station = (plan: RunPlan) => `S5${plan.run}`;

/** A station in real time that falls silent after 70 seconds: its point must turn grey, never stay green. */
export const silentStation: Scenario = {
  name: 'silent-station',
  eventMs: 3 * MINUTE,
  wallMs: 180_000,
  point: (plan) => ({
    unifiedCode: code(plan),
    name: '老鹰岩危岩监测站',
    kind: 'collapse',
    divisionCode: '513221',
    longitude: 103.689,
    latitude: 32.062,
    threatenedHouseholds: 3,
    threatenedPeople: 11,
    thresholds: [],
    release: {},
  }),
  devices: (plan) => [{ deviceId: station(plan), profile: 'station', hazardPoint: code(plan), interval: 10, synthetic: true }],
  workCards: () => [],
  householdCards: () => [],
  *uploads(plan): Iterable<Upload> {
    const random = new SeededRandom(5);
    for (let time = plan.eventStart; time < plan.eventStart + SPEAKS_MS; time += SAMPLE_MS) {
      yield {
        device: station(plan),
        at: time,
        form: 'timed',
        samples: [
          { sensor: 'L1_LF_1', time, value: Math.round((12 + random.normal(0.02)) * 100) / 100 },
          {
            sensor: 'L1_QJ_1',
            time,
            value: {
              X: Math.round(random.normal(0.01) * 1000) / 1000,
              Y: Math.round(random.normal(0.01) * 1000) / 1000,
              Z: 0,
              angle: 1.2,
              AZI: 80,
            },
          },
        ],
      };
    }
  },
};
