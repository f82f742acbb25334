import { readFileSync } from 'node:fs';
import { Subject, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { MINUTE, type StoredReading } from '#libs/contracts';
import { parseRulebook, PointEvaluator } from '#libs/evaluate';
import { pointStream, type PointInput } from './point-stream.js';
import type { Judgement } from './ports.js';

const patience = { timeout: 60_000 };
const file = 'reference.rules.yaml';
const rulebook = parseRulebook(readFileSync(new URL(`../../../alert-rules/${file}`, import.meta.url), 'utf8'), file, 'v1');
const t0 = Date.UTC(2026, 6, 1);
const evaluator = () =>
  new PointEvaluator({ rulebook, point: { unifiedCode: 'POINT01', thresholds: [] }, devices: [{ deviceId: 'D1', interval: 60 }] });
const reading = (seq: number, minutes: number, value: number): StoredReading => ({
  deviceId: 'D1',
  hazardPoint: 'POINT01',
  channel: 'L1_LF_1',
  time: t0 + minutes * MINUTE,
  value,
  quality: [],
  receivedAt: t0,
  seq,
});
const readings = (...all: StoredReading[]): PointInput => ({ kind: 'readings', readings: all });

async function run(inputs: PointInput[], more: { accept?: (j: Judgement) => Promise<void>; judgedTo?: number } = {}): Promise<Judgement[]> {
  const source = new Subject<PointInput>();
  const all = lastValueFrom(
    pointStream({ hazardPoint: 'POINT01', evaluator: evaluator(), judgedTo: more.judgedTo ?? 0, accept: more.accept }, source).pipe(
      toArray(),
    ),
  );
  for (const input of inputs) source.next(input);
  source.complete();
  return all;
}
const short = (all: Judgement[]) =>
  all.map(({ decision, mark }) => `${mark.judgedTo} ${decision ? `${decision.level} ${decision.certainty ?? '-'}` : 'nothing'}`);

describe('pointStream', () => {
  it('answers each decision with the seq it was taken at, and the end of a batch that changed nothing', async () => {
    const all = await run([
      readings(reading(3, 0, 0), reading(5, 1, 0.1)),
      readings(reading(6, 2, 45), reading(7, 3, 46), reading(9, 4, 46)),
    ]);
    expect(short(all)).toEqual(['5 none -', '6 red awaiting-persistence', '7 red confirmed', '9 nothing']);
    expect(all.at(-1)?.state).toMatchObject({ level: 'red', judgedTo: 9 });
  });

  it('passes over readings that are judged already', async () => {
    expect(short(await run([readings(reading(1, 0, 0), reading(2, 1, 45))], { judgedTo: 2 }))).toEqual(['2 nothing'].slice(1));
    expect(short(await run([readings(reading(2, 0, 0), reading(3, 1, 0)), readings(reading(3, 1, 0), reading(4, 2, 0))]))).toEqual([
      '3 none -',
      '4 nothing',
    ]);
  });

  it('feeds nothing more until a judgement is accepted', async () => {
    const order: string[] = [];
    await run([readings(reading(1, 0, 0), reading(2, 1, 45), reading(3, 2, 46))], {
      accept: async ({ decision, mark }) => {
        order.push(`begin ${mark.judgedTo} ${decision?.level ?? ''}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
        order.push(`end ${mark.judgedTo}`);
      },
    });
    expect(order).toEqual(['begin 2 red', 'end 2', 'begin 3 red', 'end 3']);
  });

  it('a tick speaks only when something fell due', async () => {
    const all = await run([
      readings(reading(1, 0, 0), reading(2, 1, 0)),
      { kind: 'tick', now: t0 + 2 * MINUTE },
      { kind: 'tick', now: t0 + 5 * MINUTE },
    ]);
    expect(short(all)).toEqual(['2 none -', '2 unknown -']);
  });

  it('judges at once what no decision is due at, and behind a decision in its turn', async () => {
    const said: string[] = [];
    const source = new Subject<PointInput>();
    const done = (input: PointInput) => void said.push(input.kind === 'readings' ? `done ${input.readings.at(-1)?.seq}` : input.kind);
    const accept = ({ decision, mark }: Judgement) => {
      said.push(`${mark.judgedTo} ${decision?.level ?? 'nothing'}`);
      return decision ? new Promise<void>((resolve) => setTimeout(resolve, 5)) : undefined;
    };
    const ended = lastValueFrom(pointStream({ hazardPoint: 'POINT01', evaluator: evaluator(), judgedTo: 0, accept, done }, source));
    source.next(readings(reading(0.5, 0, 0), reading(1, 1, 0.1)));
    await vi.waitFor(() => expect(said).toContain('done 1'), patience);
    expect(said.splice(0)).toEqual(['1 none', 'done 1']);
    source.next(readings(reading(2, 1.5, 0.1), reading(3, 2, 0.2)));
    expect(said.splice(0)).toEqual(['3 nothing', 'done 3']);
    source.next(readings(reading(3, 2, 0.2)));
    expect(said.splice(0)).toEqual(['done 3']);
    source.next(readings(reading(4, 3, 0.1), reading(5, 4, 45), reading(6, 5, 0.1)));
    source.next(readings(reading(7, 6, 0.1)));
    expect(said).toEqual([]);
    source.complete();
    await ended;
    expect(said.filter((one) => one.startsWith('done'))).toEqual(['done 6', 'done 7']);
    expect(said.filter((one) => one.startsWith('5'))).toEqual(['5 red']);
  });

  it('pauses within a long input, and what comes meanwhile waits its turn behind it', async () => {
    const order: string[] = [];
    const source = new Subject<PointInput>();
    let resume = (): void => undefined;
    const ended = lastValueFrom(
      pointStream(
        {
          hazardPoint: 'POINT01',
          evaluator: evaluator(),
          judgedTo: 0,
          pause: () => {
            order.push('pause');
            return new Promise((resolve) => (resume = resolve));
          },
          accept: ({ decision, mark }) => void order.push(`${decision?.level ?? 'nothing'} ${mark.judgedTo}`),
        },
        source,
      ),
    );
    source.next(readings(...Array.from({ length: 600 }, (_, at) => reading(at + 1, at / 60, at === 299 ? 45 : 0))));
    source.next(readings(reading(601, 11, 0)));
    for (const pauses of [1, 2, 3]) {
      await vi.waitFor(() => expect(order.filter((one) => one === 'pause')).toHaveLength(pauses), patience);
      expect(order).not.toContain('nothing 601');
      resume();
    }
    source.complete();
    await ended;
    expect(order.filter((one) => one !== 'pause')).toEqual([
      'none 2',
      'nothing 256',
      'red 300',
      'none 301',
      'nothing 512',
      'nothing 600',
      'nothing 601',
    ]);
  });

  it('carries on over a reload from its own mark', async () => {
    const before = [reading(1, 0, 0), reading(2, 1, 45)];
    const rebuild: PointInput = {
      kind: 'reload',
      rebuild: async (mark) => {
        const next = evaluator();
        for (const one of before) next.warm(one);
        next.restore(mark.state);
        return next;
      },
    };
    expect(short(await run([readings(...before), rebuild, readings(reading(3, 2, 46))]))).toEqual([
      '2 red awaiting-persistence',
      '2 nothing',
      '3 red confirmed',
    ]);
  });
});
