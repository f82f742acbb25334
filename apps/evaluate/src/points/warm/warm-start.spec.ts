import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE, type HazardPoint, type JudgementMark, type RegisteredDevice, type StoredReading } from '#libs/contracts';
import { parseRulebook } from '#libs/evaluate';
import { createLogger, Health, Metrics } from '#libs/platform';
import { StoreAway } from '#libs/store';
import type { Checkpoint, Judgement, JudgementStore } from '#libs/stream';
import { EvaluateMetrics } from '../../evaluate-metrics.js';
import { JudgedPoints } from '../judged-points.js';

const rules = 'reference.rules.yaml';
const text = readFileSync(new URL(`../../../../../alert-rules/${rules}`, import.meta.url), 'utf8');
const t0 = Date.UTC(2026, 6, 1);
const codes = ['P1', 'P2', 'P3'];
const device = (hazardPoint: string) => ({ deviceId: `D${hazardPoint}`, hazardPoint, interval: 60 }) as unknown as RegisteredDevice;

/** Three points of a crack meter each, on a store that outlives the process. */
function world({ version = 'v1' } = {}) {
  const stored: StoredReading[] = [];
  const marks = new Map<string, JudgementMark>();
  const written = new Map<string, Checkpoint>();
  const asked = { histories: 0, backlogs: 0 };
  const state = { version, away: false, names: new Map(codes.map((code) => [code, code])) };
  const saveMarks = async (all: readonly JudgementMark[]) => {
    for (const mark of all)
      if (mark.judgedTo >= (marks.get(mark.hazardPoint)?.judgedTo ?? -1)) marks.set(mark.hazardPoint, structuredClone(mark));
  };
  const judgements: JudgementStore = {
    marks: async () => [...marks.values()],
    saveMarks,
    history: async (code, from, upTo) => {
      asked.histories += 1;
      return stored.filter((r) => r.hazardPoint === code && r.time >= from && r.seq <= upTo);
    },
    after: () => Promise.reject(new Error('many at once are asked for by backlog')),
    backlog: async (from, take) => {
      asked.backlogs += 1;
      if (state.away) throw new StoreAway('away', false);
      const after = new Map(from.map((one) => [one.hazardPoint, one.after]));
      const left = stored.filter((r) => r.seq > (after.get(r.hazardPoint) ?? Number.POSITIVE_INFINITY));
      for (let at = 0; at < left.length; at += 3) await take(left.slice(at, at + 3));
    },
    // As the database driver answers: a Buffer that is a part of a larger one.
    checkpoints: async (points) =>
      points.flatMap((code) => {
        const one = written.get(code);
        return one ? { ...one, state: Buffer.concat([Buffer.from('ahead of it'), one.state]).subarray(11) } : [];
      }),
    saveCheckpoints: async (all) => {
      if (state.away) throw new StoreAway('away', false);
      await saveMarks(all.map(({ mark }) => mark));
      for (const { checkpoint } of all) written.set(checkpoint.hazardPoint, checkpoint);
    },
  };
  const said: string[] = [];
  /** A new process on the same store. */
  const start = async (): Promise<JudgedPoints> => {
    const rulebook = parseRulebook(text, rules, state.version);
    const point = (code: string) =>
      ({ unifiedCode: code, name: state.names.get(code), rulebook: 'reference', thresholds: [] }) as unknown as HazardPoint;
    const points = new JudgedPoints({
      registry: {
        device: () => undefined,
        deviceBySecretHash: () => undefined,
        point,
        points: () => codes.map(point),
        devices: () => codes.map(device),
        devicesOf: (code) => [device(code)],
      },
      judgements,
      rulebook: () => rulebook,
      clock: { now: () => t0 },
      logger: createLogger('silent'),
      metrics: new EvaluateMetrics(new Metrics()),
      health: new Health(),
      handOn: async ({ mark, decision, hazardPoint }: Judgement) => {
        said.push([hazardPoint, decision?.level, decision?.certainty, decision?.eventAt, decision?.late].join(' '));
        await saveMarks([mark]);
      },
      changed: () => undefined,
    });
    await points.start();
    return points;
  };
  const store = ({ which, minute, value, late }: Sent): StoredReading => {
    const hazardPoint = codes[which] as string;
    const one: StoredReading = {
      deviceId: `D${hazardPoint}`,
      hazardPoint,
      channel: 'L1_LF_1',
      time: t0 + minute * MINUTE,
      value,
      quality: late ? ['late'] : [],
      receivedAt: t0,
      seq: stored.length + 1,
    };
    stored.push(one);
    return one;
  };
  const judge = async (points: JudgedPoints, readings: readonly StoredReading[]) => {
    for (const code of codes)
      await points.judge(
        code,
        readings.filter(({ hazardPoint }) => hazardPoint === code),
      );
  };
  return { asked, state, written, marks, said, start, store, judge };
}

interface Sent {
  which: number;
  minute: number;
  value: number;
  late: boolean;
}
/** Batches in order of arrival; every fourth sample or so is late, and no moment comes twice. */
const batches: fc.Arbitrary<Sent[][]> = fc
  .array(fc.array(fc.tuple(fc.nat(2), fc.constantFrom(0, 0, 0, 6, 25, 45), fc.nat(3)), { maxLength: 6 }), { minLength: 3, maxLength: 25 })
  .map((all) => {
    let minute = 0;
    return all.map((batch) =>
      batch.map(([which, value, dice]) => {
        minute += 1;
        return dice === 0 ? { which, minute: minute - 7.5, value, late: true } : { which, minute, value, late: false };
      }),
    );
  });

describe('a start from checkpoints', () => {
  it('says what an uninterrupted run says, killed at any moment with readings stored and not judged (property, promise 2)', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.nat(), fc.nat(), fc.nat(), fc.boolean(), async (all, a, b, c, judged) => {
        const whole = world();
        const points = await whole.start();
        for (const batch of all) await whole.judge(points, batch.map(whole.store));

        const cut = world();
        let process = await cut.start();
        const killed = a % all.length;
        for (const [at, batch] of all.entries()) {
          const readings = batch.map(cut.store);
          if (at !== killed || judged) await cut.judge(process, readings);
          if (at === b % (killed + 1)) for (const _ of codes) await process.checkpoint();
          if (at === c % (killed + 1)) await process.saveMarks();
          // No drain, no stop: what was in memory is gone.
          if (at === killed) process = await cut.start();
        }
        // Of points that do not see one another only the order of each is one.
        for (const code of codes)
          expect(cut.said.filter((one) => one.startsWith(code))).toEqual(whole.said.filter((one) => one.startsWith(code)));
      }),
      { numRuns: 80, endOnFailure: true, interruptAfterTimeLimit: 40_000 },
    );
  }, 60_000);

  /** An hour of three points, stopped in order. */
  const stopped = async () => {
    const w = world();
    const points = await w.start();
    for (let minute = 0; minute < 60; minute += 1)
      await w.judge(
        points,
        codes.map((_, which) => w.store({ which, minute, value: minute === 30 ? 9 : 0, late: false })),
      );
    await points.drain();
    w.asked.histories = 0;
    return w;
  };

  it('reads no window again after an orderly stop, and asks once for what came after', async () => {
    const w = await stopped();
    expect([...w.written.keys()]).toEqual(codes);
    w.asked.backlogs = 0;
    const points = await w.start();
    expect(w.asked).toEqual({ histories: 0, backlogs: 1 });
    expect(points.of('P1')?.state.indicators[0]).toMatchObject({ value: 0, at: new Date(t0 + 59 * MINUTE).toISOString() });
    expect(points.of('P3')?.series()[0]?.samples.length).toBeGreaterThan(10);
  });

  it('reads the windows where another version of the rules, or of the point, is in force, or the checkpoint is damaged', async () => {
    const w = await stopped();
    w.state.names.set('P2', 'renamed');
    await w.start();
    expect(w.asked.histories).toBe(1);
    const kept = w.written.get('P3');
    w.written.set('P3', { ...(kept as Checkpoint), state: (kept as Checkpoint).state.subarray(0, 200) });
    await w.start();
    expect(w.asked.histories).toBe(3);
    w.state.version = 'v2';
    await w.start();
    expect(w.asked.histories).toBe(6);
  });

  it('reads the windows where a checkpoint says more than its mark', async () => {
    const w = await stopped();
    w.marks.set('P1', { ...(w.marks.get('P1') as JudgementMark), judgedTo: 7 });
    await w.start();
    expect(w.asked.histories).toBe(1);
  });

  it('a point takes its readings once, whoever asks for it while all of them begin', async () => {
    const w = await stopped();
    const during = w.start();
    const points = await during;
    const before = points.of('P1');
    await points.tryAgain();
    await points.start();
    expect(points.of('P1')).toBe(before);
  });

  it('gives up the points it can’t ask the store for, and begins them again', async () => {
    const w = await stopped();
    w.state.away = true;
    const points = await w.start();
    expect(codes.map((code) => points.of(code))).toEqual([undefined, undefined, undefined]);
    w.state.away = false;
    await points.renew('P1');
    expect(points.of('P1')?.judgedTo).toBe(178);
  });
});
