import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, type QualityFlag, type StoredReading } from '#libs/contracts';
import { parseRulebook, PointEvaluator } from '#libs/evaluate';
import { replay, type ReplayChange } from './replay.js';

const file = 'reference.rules.yaml';
const rulebook = parseRulebook(readFileSync(new URL(`../../../../alert-rules/${file}`, import.meta.url), 'utf8'), file, 'v1');
const t0 = Date.UTC(2026, 6, 1);
const devices = [
  { deviceId: 'D1', interval: 60 },
  { deviceId: 'D2', interval: 600 },
];
const fresh = () => new PointEvaluator({ rulebook, point: { unifiedCode: 'POINT01', thresholds: [] }, devices });

type Given = { device?: string; minute: number; value: number; arrives?: number; quality?: QualityFlag[] };
const readingsOf = (given: readonly Given[]): StoredReading[] =>
  given
    .map(({ device = 'D1', minute, value, arrives = minute, quality = [] }) => ({
      deviceId: device,
      hazardPoint: 'POINT01',
      channel: 'L1_LF_1',
      time: t0 + minute * MINUTE,
      value,
      quality,
      receivedAt: t0 + arrives * MINUTE,
      seq: 0,
    }))
    .toSorted((a, b) => a.receivedAt - b.receivedAt)
    .map((one, i) => ({ ...one, seq: i + 1 }));

async function run(readings: readonly StoredReading[], { cut = 1000, until }: { cut?: number; until?: number } = {}, evaluator = fresh()) {
  const said: ReplayChange[] = [];
  const batches = Array.from({ length: Math.ceil(readings.length / cut) }, (_, i) => readings.slice(i * cut, (i + 1) * cut));
  const done = await replay({ hazardPoint: 'POINT01', evaluator, said: (one) => void said.push(one) }, batches, until);
  return { said, done };
}
const short = (said: readonly ReplayChange[]) =>
  said.map(({ at, from, level, certainty }) => `${(at - t0) / MINUTE} ${from}>${level} ${certainty ?? '-'}`);

/** Two crack meters that step, stop and go on, told apart by cadence. */
const history = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 1, max: 45 }),
      step: fc.constantFrom(0, 0, 0, 0.2, 12, 45),
      device: fc.constantFrom('D1', 'D1', 'D2'),
    }),
    {
      minLength: 1,
      maxLength: 60,
    },
  )
  .map((moves) => {
    let minute = 0;
    const value: Record<string, number> = { D1: 0, D2: 0 };
    return readingsOf(
      moves.map(({ gap, step, device }) => {
        minute += gap;
        value[device] = (value[device] ?? 0) + step;
        return { device, minute, value: value[device] };
      }),
    );
  });

describe('replay', () => {
  it('says what the live stream says, at the time it would have said it', async () => {
    const { said, done } = await run(readingsOf([0, 1, 2, 3].map((minute) => ({ minute, value: minute < 2 ? 0 : 45 }))), {
      until: t0 + 10 * MINUTE,
    });
    expect(short(said).slice(0, 3)).toEqual(['1 unknown>none -', '2 none>red awaiting-persistence', '3 red>red confirmed']);
    expect(done).toEqual({ readings: 4, from: t0, to: t0 + 10 * MINUTE });
  });

  it('a sensor that falls silent between two readings greys the point then, not at the next one', async () => {
    const { said } = await run(readingsOf([0, 1, 500].map((minute) => ({ minute, value: 0 }))));
    const grey = said.find(({ from, level }) => from === 'none' && level === 'unknown');
    // Three intervals of a minute, and the millisecond after them.
    expect(grey?.at).toBe(t0 + 4 * MINUTE + 1);
  });

  it('ticks where something falls due say what a tick a second says', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (readings) => {
        const { said } = await run(readings);
        const live: string[] = [];
        const evaluator = fresh();
        const hear = async (due: boolean) => {
          const decision = due ? await evaluator.decide() : null;
          if (decision) live.push(`${decision.level} ${decision.certainty ?? '-'} ${decision.confirmedLevel}`);
        };
        let now = readings[0]!.receivedAt;
        for (const reading of readings) {
          for (; now < reading.receivedAt; now += 1000) await hear(evaluator.tick(now));
          await hear(evaluator.feed(reading));
        }
        expect(said.map(({ level, certainty, confirmedLevel }) => `${level} ${certainty ?? '-'} ${confirmedLevel}`)).toEqual(live);
      }),
      { numRuns: 60 },
    );
  });

  it('how the readings are cut into batches makes no difference', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.integer({ min: 1, max: 20 }), async (readings, cut) => {
        expect((await run(readings, { cut })).said).toEqual((await run(readings)).said);
      }),
      { numRuns: 60 },
    );
  });

  it('a restart in the middle makes no difference', async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.nat(), async (readings, where) => {
        const whole = await run(readings);
        const at = where % readings.length;
        const before = fresh();
        const first = await run(readings.slice(0, at), {}, before);
        const after = fresh();
        for (const reading of readings.slice(0, at)) after.warm(reading);
        expect(after.restore(JSON.parse(JSON.stringify(before.snapshot())))).toBe(true);
        const second = await run(readings.slice(at), {}, after);
        const words = (said: readonly ReplayChange[]) =>
          said.map(({ at: when, level, certainty, confirmedLevel }) => ({ when, level, certainty, confirmedLevel }));
        expect([...words(first.said), ...words(second.said)]).toEqual(words(whole.said));
      }),
      { numRuns: 60 },
    );
  });

  it('late data are said when they came, and as late', async () => {
    const onTime = Array.from({ length: 240 }, (_, minute) => ({ minute, value: 0 }));
    const late = [100, 101, 102].map((minute) => ({
      device: 'D2',
      minute,
      value: minute === 100 ? 0 : 45,
      arrives: 180,
      quality: ['late' as const],
    }));
    const { said } = await run(readingsOf([...onTime, ...late]));
    const red = said.filter(({ level }) => level === 'red');
    expect(red.length).toBeGreaterThan(0);
    for (const one of red) expect(one).toMatchObject({ late: true, at: t0 + 180 * MINUTE });
  });

  it('what cannot be read ends the run', async () => {
    async function* broken() {
      yield readingsOf([{ minute: 0, value: 0 }]);
      await Promise.resolve();
      throw new Error('the disk is gone');
    }
    await expect(replay({ hazardPoint: 'POINT01', evaluator: fresh(), said: () => undefined }, broken())).rejects.toThrow(
      'the disk is gone',
    );
  });

  it('a history without readings has no beginning and no end', async () => {
    expect((await run([], { until: t0 + HOUR })).done).toEqual({ readings: 0, from: null, to: null });
  });
});
