import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MINUTE, SECOND, type HazardPoint, type JudgementMark, type RegisteredDevice, type StoredReading } from '#libs/contracts';
import { createLogger, Health, InProcessBus, Metrics, type Config } from '#libs/platform';
import { StoreAway } from '#libs/store';
import type { Checkpoint, Judgement, JudgementStore, PointFrom } from '#libs/stream';
import { FakeDryRuns, FakeRules, FakeShadows } from '../../../libs/command/src/fakes/fake-rules.js';
import { EvaluateService } from './evaluate.service.js';

const rulesDir = new URL('../../../alert-rules/', import.meta.url).pathname;
const point = { unifiedCode: 'POINT01', rulebook: 'reference', thresholds: [], closed: false } as unknown as HazardPoint;
const device = { deviceId: 'D1', hazardPoint: 'POINT01', interval: 60 } as unknown as RegisteredDevice;

/** The judgement tables in memory; survives the service as the database does. */
class MemoryJudgements implements JudgementStore {
  readonly stored: StoredReading[] = [];
  readonly kept = new Map<string, JudgementMark>();
  marks = async () => [...this.kept.values()];
  saveMarks = async (marks: readonly JudgementMark[]) => {
    for (const mark of marks)
      if (mark.judgedTo >= (this.kept.get(mark.hazardPoint)?.judgedTo ?? 0)) this.kept.set(mark.hazardPoint, structuredClone(mark));
  };
  history = async (code: string, from: number, upTo: number) =>
    this.stored.filter((r) => r.hazardPoint === code && r.time >= from && r.seq <= upTo);
  after = async (code: string, after: number, limit: number) =>
    this.stored.filter((r) => r.hazardPoint === code && r.seq > after).slice(0, limit);
  backlog = async (from: readonly PointFrom[], take: (readings: StoredReading[]) => Promise<void>) => {
    const after = new Map(from.map((one) => [one.hazardPoint, one.after]));
    await take(this.stored.filter((r) => r.seq > (after.get(r.hazardPoint) ?? Number.POSITIVE_INFINITY)));
  };
  readonly written = new Map<string, Checkpoint>();
  checkpoints = async (codes: readonly string[]) => codes.flatMap((code) => this.written.get(code) ?? []);
  saveCheckpoints = async (all: readonly { checkpoint: Checkpoint; mark: JudgementMark }[]) => {
    await this.saveMarks(all.map(({ mark }) => mark));
    for (const { checkpoint } of all) this.written.set(checkpoint.hazardPoint, checkpoint);
  };
}

const t0 = Date.UTC(2026, 6, 1);
const services: EvaluateService[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const service of services.splice(0)) await service.stop();
});

function world() {
  const health = new Health();
  const judgements = new MemoryJudgements();
  const rules = new FakeRules();
  const shadows = new FakeShadows();
  const dryRuns = new FakeDryRuns();
  const bus = new InProcessBus();
  let now = t0;
  let seq = 0;
  return {
    judgements,
    rules,
    bus,
    at: (time: number) => (now = t0 + time),
    store(time: number, value: number, channel = 'L1_LF_1'): StoredReading {
      const reading = {
        deviceId: 'D1',
        hazardPoint: 'POINT01',
        channel,
        time: t0 + time,
        value,
        quality: [],
        receivedAt: t0 + time,
        seq: (seq += 1),
      };
      judgements.stored.push(reading);
      return reading;
    },
    health,
    /** A new process on the same store. */
    service(onJudgement: (judgement: Judgement) => Promise<void>, config: Partial<Config> = {}) {
      const service = new EvaluateService(
        { rulesDir, ...config } as Config,
        createLogger('silent'),
        new Metrics(),
        health,
        { now: () => now },
        bus,
        { judgements, rules, shadows, dryRuns },
        {
          device: () => device,
          deviceBySecretHash: () => undefined,
          point: (code) => (code === point.unifiedCode ? point : undefined),
          points: () => [point],
          devices: () => [device],
          devicesOf: () => [device],
        },
      );
      services.push(service);
      service.connect(onJudgement);
      return service;
    },
  };
}

const levels = (judgements: Judgement[]) => judgements.map(({ decision }) => `${decision?.level ?? ''}/${decision?.certainty ?? 'none'}`);

describe('EvaluateService', () => {
  it('hands on every decision with the mark it was taken at', async () => {
    const w = world();
    const seen: Judgement[] = [];
    const service = w.service(async (j) => void seen.push(j));
    await service.start();
    await service.judge([w.store(0, 0.1), w.store(MINUTE, 0.2), w.store(2 * MINUTE, 45), w.store(2 * MINUTE + 13 * SECOND, 46)]);
    expect(levels(seen)).toEqual(['none/none', 'red/awaiting-persistence', 'red/confirmed']);
    expect(seen.map(({ mark }) => mark.judgedTo)).toEqual([2, 3, 4]);
    expect(service.state('POINT01')).toMatchObject({ level: 'red', certainty: 'confirmed', judgedTo: 4 });
  });

  it('judges at start what was stored and not judged, as if never stopped (promise 2)', async () => {
    const w = world();
    const first: Judgement[] = [];
    const killed = w.service(async (j) => {
      first.push(j);
      await w.judgements.saveMarks([j.mark]);
    });
    await killed.start();
    await killed.judge([w.store(0, 0), w.store(MINUTE, 0.2), w.store(2 * MINUTE, 50)]);
    expect(levels(first).at(-1)).toBe('red/awaiting-persistence');
    // The next reading is stored and acknowledged; the process dies before it is judged.
    w.store(2 * MINUTE + 15 * SECOND, 52);
    const second: Judgement[] = [];
    const again = w.service(async (j) => void second.push(j));
    await again.start();
    expect(levels(second)).toEqual(['red/confirmed']);
  });

  it('judges a reading once when it arrives live and is also read from the store', async () => {
    const w = world();
    const seen: Judgement[] = [];
    const service = w.service(async (j) => void seen.push(j));
    const all = [w.store(0, 0), w.store(MINUTE, 0.2), w.store(2 * MINUTE, 50), w.store(2 * MINUTE + 5 * SECOND, 50)];
    await service.start();
    await service.judge(all);
    // Twice judged, the two samples 5 s apart would have become four.
    expect(levels(seen)).toEqual(['none/none', 'red/awaiting-persistence']);
  });

  it('hands a decision on again until alert has taken it, and judges nothing of the point meanwhile', async () => {
    const w = world();
    const seen: string[] = [];
    let refuse = 1;
    const service = w.service(async ({ decision }) => {
      if (refuse > 0 && decision?.level === 'red') {
        refuse -= 1;
        throw new StoreAway('database away', false);
      }
      seen.push(`${decision?.level}/${decision?.certainty ?? 'none'}`);
    });
    await service.start();
    await service.judge([w.store(0, 0), w.store(MINUTE, 0.2), w.store(2 * MINUTE, 50), w.store(3 * MINUTE, 51)]);
    // Nobody waits for the point meanwhile: the others are judged.
    expect(seen).toEqual(['none/none']);
    await vi.waitFor(() => expect(seen).toEqual(['none/none', 'red/awaiting-persistence', 'red/confirmed']), { timeout: 60_000 });
  });

  it('begins a point again whose decision is refused for good; its readings do not hold up those of other points', async () => {
    const w = world();
    const service = w.service(async () => Promise.reject(new Error('value too long')));
    await service.start();
    await service.judge([w.store(0, 0), w.store(MINUTE, 0.2)]);
    expect(w.health.report().evaluate).toMatchObject({ status: 'degraded', detail: expect.stringContaining('value too long') as string });
    expect(service.state('POINT01')?.level).toBe('unknown');
  });

  it('saves the marks of quiet points at stop, and not those the ledger already carries', async () => {
    const w = world();
    const service = w.service(async () => undefined);
    await service.start();
    await service.judge([w.store(0, 0), w.store(MINUTE, 0.2)]);
    await service.saveMarks();
    expect(w.judgements.kept.size).toBe(0);
    await service.judge([w.store(2 * MINUTE, 0.2)]);
    await service.stop();
    expect(w.judgements.kept.get('POINT01')?.judgedTo).toBe(3);
  });

  it('publishes the picture, at most twice a second', async () => {
    const w = world();
    const pictures: string[] = [];
    w.bus.listen('test', 'point.judged', ({ state }) => void pictures.push(state.level));
    const service = w.service(async () => undefined);
    await service.start();
    w.at(10 * SECOND);
    for (let i = 0; i < 20; i += 1) await service.judge([w.store(i * SECOND, i / 100)]);
    expect(pictures.length).toBeLessThanOrEqual(2);
  });
});

describe('rulebooks as files and in force', () => {
  const folder = (files: Record<string, string>) => {
    const directory = mkdtempSync(join(tmpdir(), 'rules-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    return directory;
  };
  const book = (red: number) => `rulebook: reference
title: { zh: 试, en: try }
status: acceptance
scope: { kinds: [landslide] }
clock: event
missing: { silent-after: 3 intervals, unknown-when: any }
persistence: { samples: 1, apart: 0 s, instruments: 1 }
hysteresis: { fallback: 80 %, after: 1 min }
cooldown: 0 s
indicators:
  crack: { title: { zh: 裂缝, en: crack }, detector: level, channel: L1_LF_1, unit: mm, thresholds: { red: ${red} mm } }
levels:
  red: { when: crack }
`;

  it('puts the first version in force, and a changed file only when told to', async () => {
    const w = world();
    await w.service(async () => undefined, { rulesDir: folder({ 'a.rules.yaml': book(40) }) }).start();
    const first = (await w.rules.active())[0]?.version;
    await w.service(async () => undefined, { rulesDir: folder({ 'a.rules.yaml': book(50) }) }).start();
    expect((await w.rules.active()).map((version) => version.version)).toEqual([first]);
    expect(w.rules.rows).toHaveLength(2);
    await w.service(async () => undefined, { rulesDir: folder({ 'a.rules.yaml': book(60) }), activateRules: true }).start();
    expect((await w.rules.active())[0]?.text).toContain('red: 60 mm');
  });

  it('keeps the good rulebook when a file is bad', async () => {
    const w = world();
    await w.service(async () => undefined, { rulesDir: folder({ 'a.rules.yaml': book(40) }) }).start();
    const bad = folder({ 'a.rules.yaml': book(40).replace('red: 40 mm', 'red: 40') });
    const service = w.service(async () => undefined, { rulesDir: bad });
    await service.start();
    expect(service.rulebookIds()).toContain('reference');
    expect(w.rules.rows).toHaveLength(1);
  });

  it('judges a point on as before when a change comes while the database is away, and takes the change up later (promise 3)', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const w = world();
    const seen: Judgement[] = [];
    const service = w.service(async (judgement) => void seen.push(judgement));
    await service.start();
    await service.judge([w.store(0, 0.1), w.store(MINUTE, 0.2)]);
    const { history, marks } = w.judgements;
    let asked = 0;
    w.judgements.marks = async () => Promise.reject(new StoreAway('away', false));
    w.judgements.history = async () => Promise.reject(new StoreAway('away', false));
    await service.reload(['POINT01']);
    w.at(3 * MINUTE);
    await service.judge([w.store(2 * MINUTE, 45), w.store(2 * MINUTE + 13 * SECOND, 46)]);
    expect(levels(seen)).toContain('red/confirmed');
    w.judgements.marks = marks;
    w.judgements.history = async (...which) => {
      asked += 1;
      return history(...which);
    };
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toBe(1);
  });

  it('begins a point again that was given up, although no reading comes any more', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const w = world();
    const seen: Judgement[] = [];
    let refuse = true;
    const service = w.service(async (judgement) => {
      if (refuse && judgement.decision?.level === 'red') {
        refuse = false;
        throw new Error('refused once');
      }
      seen.push(judgement);
    });
    await service.start();
    await service.judge([w.store(0, 0.1), w.store(MINUTE, 0.2)]);
    // The slide took the instrument: these are its last.
    await service.judge([w.store(2 * MINUTE, 45), w.store(2 * MINUTE + 13 * SECOND, 46)]);
    expect(levels(seen)).not.toContain('red/confirmed');
    w.at(4 * MINUTE);
    await vi.advanceTimersByTimeAsync(10_000);
    await vi.waitFor(() => expect(levels(seen)).toContain('red/confirmed'), { timeout: 60_000 });
  });
});
