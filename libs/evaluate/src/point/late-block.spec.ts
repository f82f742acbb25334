import { describe, expect, it } from 'vitest';
import { MINUTE, type StoredReading } from '#libs/contracts';
import { drive, reading, setup, shipped } from '../fakes/drive.js';
import { judgeLateBlock, lateBlockFrom } from './late-block.js';
import { PointEvaluator } from './point-evaluator.js';
import { warmFrom } from './point-memory.js';

const t0 = Date.UTC(2026, 6, 1);
const make = () => new PointEvaluator(setup(shipped('reference'), { devices: [{ deviceId: 'D1', interval: 60 }] }));
const crack = (minute: number, value: number, late = false) => reading('D1', 'L1_LF_1', t0 + minute * MINUTE, value, late ? ['late'] : []);
const minutes = (from: number, to: number, value: (minute: number) => number, late = false): StoredReading[] =>
  Array.from({ length: to - from }, (_, i) => crack(from + i, value(from + i), late));

/** An hour at rest, two hours away, a live sample first, and then what was kept in between: `kept` by the minute. */
async function outage(kept: (minute: number) => number) {
  const readings = [...minutes(0, 60, () => 0), crack(180, kept(180)), ...minutes(60, 180, kept, true)];
  const evaluator = make();
  const live = await drive(evaluator, readings);
  return { readings, evaluator, live };
}
const crossedAndBack = (minute: number) => (minute >= 100 && minute < 115 ? 45 : 0);
const judged = async ({ readings, evaluator }: Awaited<ReturnType<typeof outage>>) => {
  const block = evaluator.lateBlock;
  if (!block) return undefined;
  const from = lateBlockFrom(block, evaluator.horizon());
  return judgeLateBlock(
    make(),
    evaluator,
    readings.filter(({ time }) => time >= from),
    block,
  );
};

describe('a block of late samples', () => {
  it('that crossed red and went back is a late correction, and then what holds now; nothing of it is live', async () => {
    const made = await outage(crossedAndBack);
    expect(made.live.filter(({ level }) => level === 'red')).toEqual([]);
    expect(made.evaluator.lateBlock).toEqual({ from: t0 + 60 * MINUTE, to: t0 + 179 * MINUTE, samples: 120 });
    const corrections = await judged(made);
    expect(corrections?.map(({ level, certainty, late }) => [level, certainty, late])).toEqual([
      ['red', 'confirmed', true],
      [made.evaluator.said.level, made.evaluator.said.certainty, true],
    ]);
    expect(corrections?.[0]?.eventAt).toBe(t0 + 101 * MINUTE);
    expect(corrections?.[0]?.reasons.map(({ code }) => code)).toEqual(['threshold-reached', 'confirmed', 'late-data', 'late-block']);
  });

  it('is what would have been said had it come in time', async () => {
    const corrections = await judged(await outage(crossedAndBack));
    const inTime = await drive(make(), [...minutes(0, 60, () => 0), ...minutes(60, 181, crossedAndBack)]);
    const red = inTime.find(({ confirmedLevel }) => confirmedLevel === 'red');
    expect(corrections?.[0]).toMatchObject({ level: 'red', eventAt: red?.eventAt, confirmedLevel: 'red' });
  });

  it('that crossed nothing corrects nothing', async () => {
    expect(await judged(await outage(() => 0.2))).toEqual([]);
  });

  it('that reached no more than holds now corrects nothing', async () => {
    expect(await judged(await outage((minute) => (minute >= 150 ? 45 : 0)))).toEqual([]);
  });

  it('is still to be judged after a restart, and not begun anew by the warm start', async () => {
    const { readings, evaluator } = await outage(crossedAndBack);
    const memory: unknown = JSON.parse(JSON.stringify(evaluator.snapshot()));
    const next = make();
    for (const one of readings) if (one.time >= warmFrom(memory, next.horizon(), t0)) next.warm(one);
    expect(next.lateBlock).toBeNull();
    expect(next.restore(memory)).toBe(true);
    expect(next.lateBlock).toEqual(evaluator.lateBlock);
    next.settleLate();
    expect(next.lateBlock).toBeNull();
  });

  it('that comes oldest first before the live sample is judged as it comes, and leaves nothing to do', async () => {
    const evaluator = make();
    const decisions = await drive(evaluator, [...minutes(0, 60, () => 0), ...minutes(60, 180, crossedAndBack, true), crack(180, 0)]);
    expect(decisions.filter(({ level, late }) => level === 'red' && late)).not.toEqual([]);
    expect(evaluator.lateBlock).toBeNull();
  });
});
