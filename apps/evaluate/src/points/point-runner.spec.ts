import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND, type StoredReading } from '#libs/contracts';
import { parseRulebook, PointEvaluator } from '#libs/evaluate';
import type { Judgement } from '#libs/stream';
import { PointRunner, type RunnerNeeds } from './point-runner.js';

const rules = 'reference.rules.yaml';
const rulebook = parseRulebook(readFileSync(new URL(`../../../../alert-rules/${rules}`, import.meta.url), 'utf8'), rules, 'v1');
const t0 = Date.UTC(2026, 6, 1);

/** A point with a crack meter of a minute, and a store that may be away. */
async function point() {
  const stored: StoredReading[] = [];
  const written: Judgement[] = [];
  const postponed: unknown[] = [];
  const world = { away: false };
  const needs: RunnerNeeds = {
    after: async () => [],
    rebuild: async () =>
      new PointEvaluator({ rulebook, point: { unifiedCode: 'POINT01', thresholds: [] }, devices: [{ deviceId: 'D1', interval: 60 }] }),
    late: {
      history: async (_, from, judgedTo) => {
        if (world.away) throw new Error('database away');
        return stored.filter(({ time, seq }) => time >= from && seq <= judgedTo);
      },
      postponed: (_, error) => void postponed.push(error),
    },
    write: async (judgement) => void written.push(judgement),
    changed: () => undefined,
    broken: (_, error) => {
      throw error;
    },
  };
  const runner = await PointRunner.start('POINT01', undefined, needs);
  const send = async (minute: number, value: number, late = false) => {
    const reading: StoredReading = {
      deviceId: 'D1',
      hazardPoint: 'POINT01',
      channel: 'L1_LF_1',
      time: t0 + minute * MINUTE,
      value,
      quality: late ? ['late'] : [],
      receivedAt: t0 + Math.max(minute, 180) * MINUTE,
      seq: stored.length + 1,
    };
    stored.push(reading);
    await runner.judge([reading]);
  };
  /** Two hours away; back with a live sample first, then a minute by minute of what was kept: a quarter of an hour of red. */
  const outage = async () => {
    for (let minute = 0; minute < 60; minute += 1) await send(minute, 0);
    await send(180, 0);
    for (let minute = 60; minute < 180; minute += 1) await send(minute, minute >= 100 && minute < 115 ? 45 : 0, true);
  };
  const ticks = async (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) await runner.tick(t0 + 180 * MINUTE + second * SECOND);
  };
  return { ...world, world, runner, written, postponed, send, outage, ticks };
}
const levels = (written: readonly Judgement[]) =>
  written.map(({ decision }) => `${decision?.level ?? ''}${decision?.late === true ? ' late' : ''}`);

describe('PointRunner and a block of late samples', () => {
  it('waits until it no longer grows, then writes the correction and what holds now, once', async () => {
    const p = await point();
    await p.outage();
    expect(levels(p.written).filter((one) => one.startsWith('red'))).toEqual([]);
    const before = p.written.length;
    await p.ticks(30);
    await p.send(179.5, 0, true);
    await p.ticks(30);
    expect(p.written).toHaveLength(before);
    await p.ticks(2);
    expect(levels(p.written.slice(before))).toEqual(['red late', `${p.runner.state.level} late`]);
    // The mark goes with it: a crash now does not judge the block again.
    expect(p.written.at(-1)?.mark.state).toMatchObject({ late: null });
    await p.ticks(70);
    expect(p.written).toHaveLength(before + 2);
  });

  it('tries again while the database is away, and goes on judging meanwhile', async () => {
    const p = await point();
    await p.outage();
    p.world.away = true;
    await p.ticks(35);
    expect(p.postponed).toHaveLength(1);
    expect(levels(p.written)).not.toContain('red late');
    await p.send(181, 0);
    p.world.away = false;
    await p.ticks(35);
    expect(levels(p.written)).toContain('red late');
  });
});
