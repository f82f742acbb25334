import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  HOUR,
  MAX_SHADOW_DECISIONS,
  MINUTE,
  SECOND,
  toIso,
  type HazardPoint,
  type PointState,
  type RegisteredDevice,
  type StoredReading,
} from '#libs/contracts';
import { createLogger, packageRoot } from '#libs/platform';
import { StoreAway } from '#libs/store';
import type { Judgement } from '#libs/stream';
import { PATIENCE_MS, until } from '#libs/testing';
import { FakeRules, FakeShadows } from '../../../../libs/command/src/fakes/fake-rules.js';
import { ShadowDesk } from './shadow-desk.js';

const text = readFileSync(path.join(packageRoot(), 'alert-rules/reference.rules.yaml'), 'utf8');
const code = 'POINT01';
const t0 = Date.UTC(2026, 6, 1);

const desks: ShadowDesk[] = [];
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.stop();
});

async function world() {
  const shadows = new FakeShadows();
  const rules = new FakeRules();
  await rules.insert({ rulebook: 'reference', version: 'draft', text, author: 'author', reason: 'try', createdAt: t0 });
  await shadows.start(
    {
      id: 'S1',
      rulebook: 'reference',
      version: 'draft',
      startedAt: toIso(t0),
      startedBy: 'author',
      reason: 'try',
      until: toIso(t0 + 24 * HOUR),
      endedAt: null,
      endedBy: null,
      end: null,
    },
    3,
  );
  const stored: StoredReading[] = [];
  const reads: number[] = [];
  /** What happens right after the next read of the store. */
  const meanwhile: (() => void)[] = [];
  const points = new Map([[code, { unifiedCode: code, rulebook: 'reference', thresholds: [], closed: false } as unknown as HazardPoint]]);
  let now = t0;
  const desk = (): ShadowDesk => {
    const made = new ShadowDesk({
      shadows,
      rules,
      judgements: {
        history: async (_, from, upTo) => stored.filter((one) => one.time >= from && one.seq <= upTo),
        after: async (_, after, limit) => {
          reads.push(after);
          const found = stored.filter((one) => one.seq > after).slice(0, limit);
          meanwhile.splice(0).forEach((happens) => happens());
          return found;
        },
      },
      registry: {
        point: (unifiedCode) => points.get(unifiedCode),
        points: () => points.values(),
        devicesOf: () => [{ deviceId: 'D1', interval: 60 } as RegisteredDevice],
        device: () => undefined,
        deviceBySecretHash: () => undefined,
        devices: () => [],
      },
      clock: { now: () => now },
      logger: createLogger('silent'),
      liveMark: async () => ({
        mark: { hazardPoint: code, judgedTo: stored.at(-1)?.seq ?? 0, state: null },
        state: { level: 'unknown', certainty: null, confirmedLevel: 'unknown', rule: { id: 'reference', version: 'live' } } as PointState,
      }),
    });
    desks.push(made);
    return made;
  };
  return {
    shadows,
    points,
    reads,
    meanwhile,
    desk,
    at: (time: number) => (now = t0 + time),
    store(time: number, value: number): StoredReading {
      const one = { deviceId: 'D1', hazardPoint: code, channel: 'L1_LF_1', time: t0 + time, value, quality: [], receivedAt: t0 + time };
      const reading = { ...one, seq: stored.length + 1 };
      stored.push(reading);
      return reading;
    },
    said: () =>
      shadows.said.filter(({ judge }) => judge === 'shadow').map(({ decision: { level, certainty } }) => `${level}/${certainty ?? '-'}`),
  };
}
/** A step that the reference rulebook calls red. */
const step = (w: Awaited<ReturnType<typeof world>>) => [
  w.store(0, 0),
  w.store(MINUTE, 0.1),
  w.store(2 * MINUTE, 50),
  w.store(2 * MINUTE + 13 * SECOND, 51),
];
const begun = async (desk: ShadowDesk): Promise<ShadowDesk> => {
  desk.start();
  await desk.synced();
  return desk;
};

describe('ShadowDesk', () => {
  it('records what a version would have said, beside what the live one says, and where both began', async () => {
    const w = await world();
    const desk = await begun(w.desk());
    desk.offer(code, step(w));
    const decision = {
      level: 'blue',
      certainty: null,
      confirmedLevel: 'none',
      eventAt: t0,
      reasons: [],
      late: false,
      rule: { id: 'reference', version: 'live' },
    };
    void desk.live({ hazardPoint: code, judgedTo: 3, decision: { hazardPoint: code, ...decision } } as unknown as Judgement);
    await until('the shadow to say red', PATIENCE_MS, () => w.said().length === 4);
    expect(w.said()).toEqual(['unknown/-', 'none/-', 'red/awaiting-persistence', 'red/confirmed']);
    expect(
      w.shadows.said.filter(({ judge }) => judge === 'live').map(({ ruleVersion, decision: { level } }) => `${ruleVersion} ${level}`),
    ).toEqual(['live unknown', 'live blue']);
  });

  it('reads again from the store what it could not take at once, and judges each reading once', async () => {
    const w = await world();
    const desk = await begun(w.desk());
    const flood = Array.from({ length: 5_000 }, (_, index) => w.store(index * SECOND, (index % 5) / 10));
    const before = w.reads.length;
    desk.offer(code, flood.slice(0, 1_500));
    desk.offer(code, flood.slice(1_500));
    desk.offer(code, [w.store(5_001 * SECOND, 60), w.store(5_014 * SECOND, 61)]);
    await until('red', PATIENCE_MS, () => w.said().at(-1) === 'red/confirmed');
    expect(w.reads.length).toBeGreaterThan(before);
    expect(w.said()).toEqual(['unknown/-', 'none/-', 'red/awaiting-persistence', 'red/confirmed']);
  });

  it('misses nothing that arrives while it begins', async () => {
    const w = await world();
    const desk = w.desk();
    w.meanwhile.push(() => desk.offer(code, step(w)));
    await begun(desk);
    desk.tick(w.at(3 * MINUTE));
    await until('red', PATIENCE_MS, () => w.said().at(-1) === 'red/confirmed');
  });

  it('carries on after a restart from where it was, saying nothing twice', async () => {
    const w = await world();
    const first = await begun(w.desk());
    first.offer(code, [w.store(0, 0), w.store(MINUTE, 0.1), w.store(2 * MINUTE, 50)]);
    await until('a candidate', PATIENCE_MS, () => w.said().at(-1) === 'red/awaiting-persistence');
    await first.stop();
    w.store(2 * MINUTE + 13 * SECOND, 51);
    await begun(w.desk());
    await until('red, from what was stored meanwhile', PATIENCE_MS, () => w.said().at(-1) === 'red/confirmed');
    expect(w.said()).toEqual(['unknown/-', 'none/-', 'red/awaiting-persistence', 'red/confirmed']);
    expect(w.shadows.rows[0]?.endedAt).toBeNull();
  });

  it('ends by itself: when its time is over, and when it says too much', async () => {
    const w = await world();
    const desk = await begun(w.desk());
    desk.tick(w.at(25 * HOUR));
    await until('the end', PATIENCE_MS, () => w.shadows.rows[0]?.end === 'expired');

    const noisy = await world();
    const { record } = noisy.shadows;
    noisy.shadows.record = async (...said) => (await record(...said)) + MAX_SHADOW_DECISIONS;
    const other = await begun(noisy.desk());
    other.offer(code, step(noisy));
    await until('the end', PATIENCE_MS, () => noisy.shadows.rows[0]?.end === 'too-many-decisions');
    expect(noisy.shadows.rows[0]?.endedBy).toBeNull();
  });

  it('leaves a point that is closed or has another rulebook, and takes one that is new', async () => {
    const w = await world();
    const desk = await begun(w.desk());
    const point = w.points.get(code) as HazardPoint;
    w.points.set(code, { ...point, rulebook: 'other' });
    await desk.reload([code]);
    desk.offer(code, step(w));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(w.said()).toEqual(['unknown/-']);
    w.points.set(code, point);
    await desk.reload([code]);
    desk.offer(code, [w.store(3 * MINUTE, 90), w.store(3 * MINUTE + 13 * SECOND, 91)]);
    await until('red', PATIENCE_MS, () => w.said().at(-1)?.startsWith('red'));
  });

  it('waits for a database that is away without losing what it has to say', async () => {
    const w = await world();
    const desk = await begun(w.desk());
    const { record } = w.shadows;
    w.shadows.record = () => Promise.reject(new StoreAway('away', false));
    desk.offer(code, step(w));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(w.said()).toEqual(['unknown/-']);
    w.shadows.record = record;
    await until('what waited', PATIENCE_MS, () => w.said().at(-1) === 'red/confirmed');
    expect(w.said()).toEqual(['unknown/-', 'none/-', 'red/awaiting-persistence', 'red/confirmed']);
  }, 20_000);
});
