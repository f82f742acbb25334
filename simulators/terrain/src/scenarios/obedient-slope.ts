import { MINUTE, toIso } from '#libs/contracts';
import { SeededRandom } from '../random.js';
import { demoPhone, type RunPlan, type Scenario } from '../scenario.js';

/** Upload interval until a command changes it, seconds: the next sample would come this late. */
const USUAL = 180;
/** The crack begins to open after this many seconds, and stops after so many more. */
const BEGINS = 60;
const OPENS_FOR = 240;
const MM_A_SECOND = 0.4;

const code = (plan: RunPlan) => `51322101${plan.run}`;
const crack = (plan: RunPlan) => `O6${plan.run}`;

/**
 * A crack meter that obeys: it reports every three minutes in real time until its point's level rises; then the station tells it to report
 * each minute, and it does, and when the warning has ended it returns.
 */
export const obedientSlope: Scenario = {
  name: 'obedient-slope',
  eventMs: 10 * MINUTE,
  wallMs: 10 * MINUTE,
  point: (plan) => ({
    unifiedCode: code(plan),
    name: '柳树坪滑坡（加密监测演示）',
    kind: 'landslide',
    divisionCode: '513221',
    longitude: 103.612,
    latitude: 32.091,
    threatenedHouseholds: 5,
    threatenedPeople: 17,
    rulebook: 'reference',
    thresholds: [],
    release: {},
    drill: { wallStart: toIso(plan.wallStart), eventStart: toIso(plan.eventStart), speed: 1, deliver: 'simulator' },
  }),
  devices: (plan) => [{ deviceId: crack(plan), profile: 'crack-meter', hazardPoint: code(plan), interval: USUAL, synthetic: true }],
  workCards: () => [],
  householdCards: (plan) => [
    {
      hazardPoint: code(plan),
      householder: '郑十',
      phone: demoPhone(41),
      address: '柳树坪2组',
      memberCount: 3,
      evacuationRoute: '2号路线',
      shelter: '村小学',
      members: [],
    },
  ],
  uploads: () => [],
  live: (plan) => {
    const random = new SeededRandom(6);
    return [
      {
        device: crack(plan),
        interval: USUAL,
        sensor: 'L1_LF_1',
        value: (second) =>
          Math.round((4 + Math.min(Math.max(second - BEGINS, 0), OPENS_FOR) * MM_A_SECOND + random.normal(0.02)) * 100) / 100,
      },
    ];
  },
};
