import { describe, expect, it } from 'vitest';
import { MINUTE } from '#libs/contracts';
import type { Finding } from './finding.js';
import { LevelMachine } from './level-machine.js';

const none: Finding = { truth: 'no', support: [], unknown: [], absent: false };
const by = (...devices: string[]): Finding => ({ truth: devices.length > 0 ? 'yes' : 'no', support: devices, unknown: [], absent: false });
const silent = (...devices: string[]): Finding => ({ truth: 'unknown', support: [], unknown: devices, absent: false });
const sample = (deviceId: string, time: number, late = false) => ({ deviceId, keys: [deviceId], time, late });
const machine = (instruments: number, cooldown = 0) =>
  new LevelMachine(
    {
      level: 'orange',
      when: { kind: 'reached', indicator: 'a', at: undefined },
      samples: 2,
      apart: 10,
      instruments,
      fallback: 0.8,
      after: 10 * MINUTE,
    },
    cooldown,
    (key) => key,
  );

describe('LevelMachine', () => {
  it('awaits persistence, then corroboration, then is confirmed', () => {
    const m = machine(2);
    m.update(by('A'), by('A'), sample('A', 0), 0);
    expect(m.certainty).toBe('awaiting-persistence');
    m.count(sample('A', 9));
    expect(m.certainty).toBe('awaiting-persistence');
    m.count(sample('A', 10));
    expect(m.certainty).toBe('awaiting-corroboration');
    m.update(by('A', 'B'), by('A', 'B'), sample('B', 20), 20);
    m.count(sample('B', 30));
    expect(m.certainty).toBe('confirmed');
  });

  it('a sample that does not hold the level breaks the row', () => {
    const m = machine(1);
    m.update(by('A'), by('A'), sample('A', 0), 0);
    m.update(none, by('A'), sample('A', 10), 10);
    expect(m.certainty).toBeNull();
    m.update(by('A'), by('A'), sample('A', 20), 20);
    expect(m.certainty).toBe('awaiting-persistence');
  });

  const confirmed = (cooldown = 0) => {
    const m = machine(1, cooldown);
    m.update(by('A'), by('A'), sample('A', 0), 0);
    m.count(sample('A', 10));
    return m;
  };

  it('falls back only after the whole time below, and begins anew when it holds again', () => {
    const m = confirmed();
    m.update(none, none, sample('A', 20), 20);
    expect(m.dueAt).toBe(20 + 10 * MINUTE);
    m.update(none, by('A'), sample('A', 30), 30);
    expect(m.dueAt).toBe(Number.POSITIVE_INFINITY);
    m.update(none, none, sample('A', 40), 40);
    m.update(none, none, undefined, 39 + 10 * MINUTE);
    expect(m.certainty).toBe('confirmed');
    m.update(none, none, undefined, 40 + 10 * MINUTE);
    expect(m.certainty).toBeNull();
  });

  it('silence stops the way down: it never lowers a level', () => {
    const m = confirmed();
    m.update(none, none, sample('A', 20), 20);
    m.update(silent('A'), silent('A'), undefined, 30);
    m.update(silent('A'), silent('A'), undefined, 30 + 100 * MINUTE);
    expect(m.certainty).toBe('confirmed');
  });

  it('a level that comes back within the cool-down is held for the cool-down', () => {
    const m = confirmed(60 * MINUTE);
    m.update(none, none, sample('A', 20), 20);
    m.update(none, none, undefined, 11 * MINUTE);
    expect(m.certainty).toBeNull();
    m.update(by('A'), by('A'), sample('A', 20 * MINUTE), 20 * MINUTE);
    expect(m.certainty).toBe('awaiting-persistence');
    m.count(sample('A', 21 * MINUTE));
    m.update(none, none, sample('A', 22 * MINUTE), 22 * MINUTE);
    expect(m.dueAt).toBe(82 * MINUTE);
  });

  it('is late as long as only late samples have held it', () => {
    const m = machine(1);
    m.update(by('A'), by('A'), sample('A', 0, true), 0);
    m.count(sample('A', 10, true));
    expect([m.certainty, m.lateOnly]).toEqual(['confirmed', true]);
    expect(m.count(sample('A', 20))).toBe(true);
    expect(m.lateOnly).toBe(false);
  });

  it('keeps everything over a restart', () => {
    const m = confirmed(60 * MINUTE);
    m.update(none, none, sample('A', 20), 20);
    const next = machine(1, 60 * MINUTE);
    next.recall(JSON.parse(JSON.stringify(m.memory())));
    expect([next.certainty, next.dueAt, next.memory()]).toEqual([m.certainty, m.dueAt, m.memory()]);
  });
});
