import { describe, expect, it } from 'vitest';
import { createLogger } from '#libs/platform';
import { StoreAway } from '#libs/store';
import type { PointRunner } from '../point-runner.js';
import { CheckpointRound } from './checkpoint-round.js';

/** Points that stand somewhere, and a store that may be away. */
function setUp(count: number, turns = count) {
  const points = Array.from({ length: count }, (_, at) => ({ hazardPoint: `P${at}`, judgedTo: 1, busy: false }));
  const runners = new Map(
    points.map((point) => {
      const runner = {
        get hazardPoint() {
          return point.hazardPoint;
        },
        get judgedTo() {
          return point.judgedTo;
        },
        get busy() {
          return point.busy;
        },
        kept: () => {
          if (point.busy) return undefined;
          return { mark: { hazardPoint: point.hazardPoint, judgedTo: point.judgedTo, state: null }, state: new Uint8Array(8) };
        },
        saved: () => undefined,
      };
      return [point.hazardPoint, runner as unknown as PointRunner];
    }),
  );
  const world = { away: false };
  const saved: string[] = [];
  const round = new CheckpointRound(
    {
      judgements: {
        saveCheckpoints: async (all) => {
          if (world.away) throw new StoreAway('away', false);
          saved.push(...all.map(({ checkpoint }) => `${checkpoint.hazardPoint} ${checkpoint.judgedTo}`));
        },
      },
      clock: { now: () => 0 },
      logger: createLogger('silent'),
    },
    turns,
  );
  return { points, runners, world, saved, round };
}

describe('writing points down', () => {
  it('takes one after another, the longest ago first, and none that has judged nothing since', async () => {
    const { points, runners, saved, round } = setUp(3);
    for (let turn = 0; turn < 5; turn += 1) await round.turn(runners);
    expect(saved.splice(0)).toEqual(['P0 1', 'P1 1', 'P2 1']);
    for (const point of points) point.judgedTo = 2;
    await round.turn(runners);
    for (const point of points) point.judgedTo = 3;
    for (let turn = 0; turn < 5; turn += 1) await round.turn(runners);
    expect(saved).toEqual(['P0 2', 'P1 3', 'P2 3', 'P0 3']);
  });

  it('takes so many a turn that all have had theirs in five minutes', async () => {
    const { runners, saved, round } = setUp(700, 300);
    for (let turn = 0; turn < 3; turn += 1) await round.turn(runners);
    expect(saved).toHaveLength(7);
    const few = setUp(1, 300);
    for (let turn = 0; turn < 299; turn += 1) await few.round.turn(few.runners);
    expect(few.saved).toHaveLength(0);
    for (let turn = 0; turn < 2; turn += 1) await few.round.turn(few.runners);
    expect(few.saved).toHaveLength(1);
  });

  it('passes by who is busy or was begun anew, and tries again while the database is away', async () => {
    const { points, runners, world, saved, round } = setUp(2, 1);
    world.away = true;
    await round.turn(runners);
    world.away = false;
    (points[0] as (typeof points)[number]).busy = true;
    await round.turn(runners);
    expect(saved.splice(0)).toEqual(['P1 1']);
    (points[0] as (typeof points)[number]).busy = false;
    await round.turn(runners);
    expect(saved.splice(0)).toEqual(['P0 1']);
    runners.set('P1', setUp(2).runners.get('P1') as PointRunner);
    await round.turn(runners);
    expect(saved).toEqual(['P1 1']);
  });

  it('before an end takes all, as long as there is time', async () => {
    const { runners, saved, round } = setUp(50);
    await round.all(runners, 0);
    expect(saved).toEqual([]);
    await round.all(runners, 60_000);
    expect(saved).toHaveLength(50);
  });
});
