import { HOUR, toIso } from '#libs/contracts';
import { SeededRandom } from '../random.js';
import { preonzoRecord } from '../recording.js';
import { demoPhone, type RunPlan, type Scenario, type Upload } from '../scenario.js';

/** Sample at which the slope failed (recordings/preonzo-2012/README.md). */
const FAILURE_INDEX = 37067;
/** Mean rate of the uniform stage: 0.1018 mm a sample of one hour (recordings/preonzo-2012/README.md). */
const UNIFORM_RATE_MM_D = 2.44;
/** GNSS accuracy ± 2 mm horizontal (domain handbook, 普适型 devices); as a standard deviation. */
const GNSS_NOISE_MM = 1;
/** The receiver solves over the last two hours, so its position lags the extensometer by as much. */
const GNSS_DELAY_SAMPLES = 2;
/** Samples an upload: a run that lasts three minutes passes an hour in a quarter of a second, and a device is silent after three intervals. */
const SAMPLES_AN_UPLOAD = 6;
/** 主滑方向 of the demo slope, degrees from north: splits the displacement into north and east. */
const SLIDE_DIRECTION = 135;

const extensometer = (plan: RunPlan) => `E1${plan.run}`;
const gnss = (plan: RunPlan) => `G1${plan.run}`;
const code = (plan: RunPlan) => `51322101${plan.run}`;

/**
 * The Preonzo 2012 rock slope as recorded (extensometer E1, one sample taken as one hour) and, unless `alone`, a GNSS
 * receiver made from it with noise and delay, which every reading says (`synthetic`).
 */
export function preonzo(alone = false): Scenario {
  const record = preonzoRecord('final');
  const first = record[0]?.index ?? 0;
  const eventMs = (FAILURE_INDEX - first) * HOUR;
  return {
    name: alone ? 'preonzo-alone' : 'preonzo',
    eventMs,
    wallMs: 180_000,
    point: (plan) => ({
      unifiedCode: code(plan),
      name: alone ? '石碑村后山岩质滑坡（单仪器）' : '石碑村后山岩质滑坡',
      kind: 'landslide',
      divisionCode: '513221',
      longitude: 103.652,
      latitude: 32.071,
      // The slope and its run-out to the stream below, made up like the place.
      dangerZone: [
        [103.6505, 32.0722],
        [103.6538, 32.0722],
        [103.6561, 32.0689],
        [103.6534, 32.0676],
        [103.6502, 32.0695],
        [103.6505, 32.0722],
      ],
      threatenedHouseholds: 12,
      threatenedPeople: 45,
      mainSlideDirection: SLIDE_DIRECTION,
      material: 'rock',
      // V0 as the technical unit would set it from the years before (mean of the record's first 300 samples), so that the run need not measure it first.
      thresholds: [{ rule: 'tangent.v0', level: 'red', value: UNIFORM_RATE_MM_D }],
      release: { red: 'immediate' },
      drill: { wallStart: toIso(plan.wallStart), eventStart: toIso(plan.eventStart), speed: plan.speed, deliver: 'simulator' },
    }),
    devices: (plan) => [
      {
        deviceId: extensometer(plan),
        profile: 'crack-meter',
        hazardPoint: code(plan),
        interval: SAMPLES_AN_UPLOAD * 3600,
        longitude: 103.6521,
        latitude: 32.0712,
        synthetic: false,
      },
      ...(alone
        ? []
        : [
            {
              deviceId: gnss(plan),
              profile: 'gnss',
              hazardPoint: code(plan),
              interval: SAMPLES_AN_UPLOAD * 3600,
              longitude: 103.6518,
              latitude: 32.0709,
              synthetic: true,
            },
          ]),
    ],
    workCards: (plan) => [
      {
        hazardPoint: code(plan),
        responsible: { name: '王建国', phone: demoPhone(101) },
        monitor: { name: '李明', phone: demoPhone(102) },
        evacuationRoute: '2号路线',
        shelter: '村小学',
        signal: '连续敲锣',
      },
    ],
    householdCards: (plan) => [
      {
        hazardPoint: code(plan),
        householder: '张三',
        phone: demoPhone(11),
        address: '石碑村3组',
        memberCount: 4,
        evacuationRoute: '2号路线',
        shelter: '村小学',
        members: [],
      },
      {
        hazardPoint: code(plan),
        householder: '赵六',
        phone: demoPhone(12),
        address: '石碑村3组',
        memberCount: 3,
        evacuationRoute: '2号路线',
        shelter: '村小学',
        members: [],
      },
    ],
    *uploads(plan): Iterable<Upload> {
      const random = new SeededRandom(2012);
      const timeOf = (index: number) => plan.eventStart + (index - first) * HOUR;
      const zero = record[0]?.value ?? 0;
      for (let start = 0; start < record.length; start += SAMPLES_AN_UPLOAD) {
        const newest = record[Math.min(start + SAMPLES_AN_UPLOAD, record.length) - 1];
        if (!newest) return;
        const at = timeOf(newest.index);
        const cracks: Upload['samples'] = [];
        const positions: Upload['samples'] = [];
        for (let i = start; i < Math.min(start + SAMPLES_AN_UPLOAD, record.length); i++) {
          const sample = record[i];
          const seen = record[i - GNSS_DELAY_SAMPLES]?.value;
          if (!sample) continue;
          if (sample.value !== null) cracks.push({ sensor: 'L1_LF_1', time: timeOf(sample.index), value: sample.value });
          if (!alone && typeof seen === 'number')
            positions.push({ sensor: 'L1_GP_1', time: timeOf(sample.index), value: position(seen - zero, random) });
        }
        if (cracks.length > 0) yield { device: extensometer(plan), at, form: 'timed', samples: cracks };
        if (positions.length > 0) yield { device: gnss(plan), at, form: 'timed', samples: positions };
        if (start % (8 * SAMPLES_AN_UPLOAD) === 0)
          yield {
            device: extensometer(plan),
            at,
            form: 'status',
            samples: [{ sensor: 'S1_ZT_1', time: at, value: { battery_dump_energy: 96, signal_4g: -71, ext_power_volt: 12.6 } }],
          };
      }
    },
  };
}

/** Displacement along the slide direction as north (X), east (Y) and up components with noise, mm to 0.1. */
function position(along: number, random: SeededRandom): Record<string, number> {
  const angle = (SLIDE_DIRECTION * Math.PI) / 180;
  const tenth = (value: number) => Math.round(value * 10) / 10;
  return {
    gpsTotalX: tenth(along * Math.cos(angle) + random.normal(GNSS_NOISE_MM)),
    gpsTotalY: tenth(along * Math.sin(angle) + random.normal(GNSS_NOISE_MM)),
    gpsTotalZ: tenth(-0.4 * along + random.normal(2.5 * GNSS_NOISE_MM)),
  };
}
