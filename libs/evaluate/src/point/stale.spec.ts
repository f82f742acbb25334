import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { levelRank, MINUTE, type PointDecision, type StoredReading } from '#libs/contracts';
import { reading, setup, shipped } from '../fakes/drive.js';
import { PointEvaluator } from './point-evaluator.js';
import { warmFrom } from './point-memory.js';
import { parseRulebook } from '../rulebook/rulebook.js';

/** Everything the format has, in one small rulebook: n of m, kinds, within, a second sign, the way down, a comparison across the point. */
const book = parseRulebook(
  `
rulebook: everything
title: { zh: 全, en: everything }
status: acceptance
scope: { kinds: [landslide] }
clock: event
missing: { silent-after: 3 intervals, unknown-when: any }
persistence: { samples: 2, of: 3, apart: 1 min, instruments: 1 }
hysteresis: { fallback: 80 %, after: 5 min }
downgrade: { samples: 2, validity: 8 min, watch: 30 min }
cooldown: 20 min
indicators:
  crack: { title: { zh: 裂, en: crack }, detector: change, channel: L1_LF_*, window: 10 min, unit: mm, thresholds: { blue: 5 mm, orange: 20 mm, red: 40 mm } }
  tilt: { title: { zh: 倾, en: tilt }, detector: level, channel: L1_QJ_*, unit: °, thresholds: { orange: 2 °, red: 4 ° } }
  rain: { title: { zh: 雨, en: rain }, detector: sum, channel: L3_YL_*, window: 10 min, unit: mm, thresholds: { yellow: 10 mm } }
levels:
  blue: { when: crack }
  orange: { when: { any: [crack, tilt] }, persistence: { instruments: 2, within: 10 min, or-with: rain at yellow } }
  red: { when: { any: [crack, { all: [tilt, crack at orange] }] }, persistence: { instruments: 2, kinds: 2 } }
`,
  'everything',
  'v',
);
const interval = 60;
const devices = ['E1', 'E2', 'T1', 'R1'].map((deviceId) => ({ deviceId, interval }));
const channels: Record<string, string> = { E1: 'L1_LF_1', E2: 'L1_LF_1', T1: 'L1_QJ_1', R1: 'L3_YL_1' };
const make = () => new PointEvaluator(setup(book, { devices }));
const t0 = Date.UTC(2026, 6, 1);

/** Stretches of some minutes in which some of the devices send a value a minute and the others are silent. */
type Stretch = { minutes: number; sends: Partial<Record<string, number>> };
const value = fc.constantFrom(0, 0, 0, 1, 6, 25, 45);
const feeds: fc.Arbitrary<Stretch[]> = fc.array(
  fc.record({
    minutes: fc.integer({ min: 1, max: 14 }),
    sends: fc.record({ E1: value, E2: value, T1: value, R1: value }, { requiredKeys: [] }),
  }),
  { minLength: 1, maxLength: 16 },
);
/** @param late E2 sends the newest of its stretch first, and then what it had kept of it */
function readingsOf(stretches: readonly Stretch[], late = false): { at: number; readings: StoredReading[] }[] {
  let at = t0;
  return stretches.flatMap(({ minutes, sends }) => {
    const buffer: StoredReading[] = [];
    return Array.from({ length: minutes }, (_, minute) => {
      at += MINUTE;
      const readings: StoredReading[] = [];
      for (const [device, sent] of Object.entries(sends)) {
        const isKept = late && device === 'E2' && minute < minutes - 1;
        const one = reading(device, channels[device] ?? '', at, sent ?? 0, isKept ? ['late'] : []);
        (isKept ? buffer : readings).push(one);
      }
      if (minute === minutes - 1) readings.push(...buffer.splice(0));
      return { at, readings };
    });
  });
}

async function run(
  feed: { at: number; readings: StoredReading[] }[],
  seen: (decision: PointDecision, now: number, lastAt: ReadonlyMap<string, number>) => void = () => undefined,
  { restartBefore = -1, keptBefore = -1 } = {},
): Promise<PointDecision[]> {
  let evaluator = make();
  let kept: { state: Uint8Array; judged: number } | undefined;
  const judged: StoredReading[] = [];
  const lastAt = new Map<string, number>();
  const decisions: PointDecision[] = [];
  const decide = async (now: number) => {
    const decision = await evaluator.decide();
    if (!decision) return;
    decisions.push(decision);
    seen(decision, now, lastAt);
  };
  for (const [i, { at, readings }] of feed.entries()) {
    if (i === keptBefore) kept = { state: evaluator.keep(), judged: judged.length };
    if (i === restartBefore) {
      const memory: unknown = JSON.parse(JSON.stringify(evaluator.snapshot()));
      const next = make();
      const from = warmFrom(memory, next.horizon(), at);
      if (kept) expect(next.takeUp(kept.state)).toBe(true);
      for (const one of kept ? judged.slice(kept.judged) : judged.filter(({ time }) => time >= from)) next.warm(one);
      expect(next.restore(memory)).toBe(true);
      evaluator = next;
    }
    if (evaluator.tick(at)) await decide(at);
    for (const one of readings) {
      lastAt.set(one.deviceId, at);
      if (evaluator.feed(one)) await decide(at);
      judged.push(one);
    }
  }
  return decisions;
}
const said = (decisions: PointDecision[]) =>
  decisions.map(({ level, certainty, confirmedLevel, eventAt }) => [level, certainty, confirmedLevel, eventAt]);

/** Runs of a hundred feeds or so, of an hour or two each: seconds on a busy machine. A failure is told as it is found: to shrink it takes minutes. */
const bounded = { numRuns: 120, endOnFailure: true, interruptAfterTimeLimit: 40_000 };

describe('random feeds with gaps', () => {
  it('no level is ever raised, or confirmed, by an instrument that is silent (property)', async () => {
    await fc.assert(
      fc.asyncProperty(feeds, async (stretches) => {
        let before: Pick<PointDecision, 'level' | 'confirmedLevel'> = { level: 'unknown', confirmedLevel: 'unknown' };
        await run(readingsOf(stretches), (decision, now, lastAt) => {
          const rose =
            levelRank(decision.level) > levelRank(before.level) || levelRank(decision.confirmedLevel) > levelRank(before.confirmedLevel);
          before = decision;
          if (!rose) return;
          for (const { code, deviceId } of decision.reasons)
            if (code === 'threshold-reached') expect(now - (lastAt.get(deviceId ?? '') ?? 0)).toBeLessThanOrEqual(3 * interval * 1000);
        });
      }),
      bounded,
    );
  });

  it('a calm point has heard of every instrument within its three intervals (property: unknown is not calm)', async () => {
    await fc.assert(
      fc.asyncProperty(feeds, async (stretches) => {
        await run(readingsOf(stretches), (decision, now, lastAt) => {
          if (decision.level !== 'none') return;
          for (const at of lastAt.values()) expect(now - at).toBeLessThanOrEqual(3 * interval * 1000);
        });
      }),
      bounded,
    );
  });

  it('a restart anywhere changes nothing of what is said, nor when (property, promise 2)', async () => {
    await fc.assert(
      fc.asyncProperty(feeds, fc.nat(), async (stretches, cut) => {
        const feed = readingsOf(stretches);
        const whole = await run(feed);
        expect(said(await run(feed, undefined, { restartBefore: cut % feed.length }))).toEqual(said(whole));
      }),
      bounded,
    );
  });

  it('nor does one from a state that was kept before, and what has been judged since (property, promise 2)', async () => {
    await fc.assert(
      fc.asyncProperty(feeds, fc.nat(), fc.nat(), fc.boolean(), async (stretches, cut, before, late) => {
        const feed = readingsOf(stretches, late);
        const restartBefore = cut % feed.length;
        const whole = await run(feed);
        expect(said(await run(feed, undefined, { restartBefore, keptBefore: before % (restartBefore + 1) }))).toEqual(said(whole));
      }),
      bounded,
    );
  });

  it('an instrument that falls silent beside a candidate ends the calm, though its value was not known anyway', async () => {
    const two = [
      { deviceId: 'D1', interval: 60 },
      { deviceId: 'D2', interval: 600 },
    ];
    const evaluator = new PointEvaluator(setup(shipped('reference'), { devices: two }));
    const feed = async (device: string, minute: number, sent: number): Promise<void> => {
      evaluator.tick(t0 + minute * MINUTE);
      evaluator.feed(reading(device, 'L1_LF_1', t0 + minute * MINUTE, sent));
      await evaluator.decide();
    };
    // D1 comes back after an hour with one sample: what it has moved in the hour is not known.
    for (const minute of [1, 2, 3]) await feed('D1', minute, 0);
    for (const [minute, sent] of [
      [46, 0],
      [58, 45],
    ] as const)
      await feed('D2', minute, sent);
    await feed('D1', 64, 0);
    expect(evaluator.said).toMatchObject({ level: 'red', confirmedLevel: 'none' });
    expect(evaluator.tick(t0 + 67 * MINUTE + 1)).toBe(true);
    expect(await evaluator.decide()).toMatchObject({ level: 'red', confirmedLevel: 'unknown' });
  });
});
