import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE } from '#libs/contracts';
import type { Finding } from '../conditions/finding.js';
import { LevelMachine, LevelMemory } from './level-machine.js';
import type { LevelSpec } from '../rulebook/rulebook.js';

/** `A` is a crack meter, `A:L1_GP` a GNSS antenna. */
const keyOf = (device: string): string => {
  const [id = '', kind = 'L1_LF'] = device.split(':');
  return `a|${id}|${kind}_1`;
};
const by = (...devices: string[]): Finding => ({
  truth: devices.length > 0 ? 'yes' : 'no',
  support: devices.map(keyOf),
  unknown: [],
  absent: false,
});
const none = by();
const silent = (...devices: string[]): Finding => ({ truth: 'unknown', support: [], unknown: devices.map(keyOf), absent: false });
const sample = (device: string, time: number, late = false) => ({
  deviceId: device.split(':')[0] ?? '',
  keys: [keyOf(device)],
  time,
  late,
});
const machine = (instruments: number, cooldown = 0, more: Partial<LevelSpec> = {}) =>
  new LevelMachine(
    {
      level: 'orange',
      when: { kind: 'reached', indicator: 'a', at: undefined },
      samples: 2,
      of: more.samples ?? 2,
      apart: 10,
      instruments,
      kinds: 1,
      fallback: 0.8,
      after: 10 * MINUTE,
      below: 1,
      validity: 0,
      ...more,
    },
    cooldown,
  );
const both = (finding: Finding) => ({ rise: finding, hold: finding });
const holdOnly = (finding: Finding) => ({ rise: none, hold: finding });

describe('LevelMachine', () => {
  it('awaits persistence, then corroboration, then is confirmed', () => {
    const m = machine(2);
    m.update(both(by('A')), sample('A', 0), 0);
    expect(m.certainty).toBe('awaiting-persistence');
    m.count(sample('A', 9));
    expect(m.certainty).toBe('awaiting-persistence');
    m.count(sample('A', 10));
    expect(m.certainty).toBe('awaiting-corroboration');
    m.update(both(by('A', 'B')), sample('B', 20), 20);
    m.count(sample('B', 30));
    expect(m.certainty).toBe('confirmed');
  });

  it('a sample that does not hold the level breaks the row', () => {
    const m = machine(1);
    m.update(both(by('A')), sample('A', 0), 0);
    m.update(holdOnly(by('A')), sample('A', 10), 10);
    expect(m.certainty).toBeNull();
    m.update(both(by('A')), sample('A', 20), 20);
    expect(m.certainty).toBe('awaiting-persistence');
  });

  it('of three out of five, two may miss; the third miss begins anew', () => {
    const run = (marks: string) => {
      const m = machine(1, 0, { samples: 3, of: 5 });
      marks.split('').forEach((mark, i) => m.update(both(mark === '1' ? by('A') : none), sample('A', i * 10), i * 10));
      return m.certainty;
    };
    expect(run('10101')).toBe('confirmed');
    expect(run('1001')).toBe('awaiting-persistence');
    expect(run('10011')).toBe('confirmed');
    expect(run('1000')).toBeNull();
    expect(run('100010')).toBe('awaiting-persistence');
  });

  it('n of m is what counting the last m by hand gives (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 4 }), fc.nat(4), (holds, n, more) => {
        const m = machine(1, 0, { samples: n, of: n + more });
        const first = holds.findIndex((_, i) => holds.slice(Math.max(0, i + 1 - n - more), i + 1).filter(Boolean).length >= n);
        holds.forEach((held, i) => {
          if (first >= 0 && i > first) return;
          m.update(both(held ? by('A') : none), sample('A', i * 10), i * 10);
          expect(m.certainty === 'confirmed').toBe(i === first);
        });
      }),
    );
  });

  it('two of a kind, or two sensors on one mast, are one sign; two kinds on two devices are two', () => {
    const run = (...devices: string[]) => {
      const m = machine(1, 0, { samples: 1, of: 1, kinds: 2 });
      devices.forEach((device, i) => m.update(both(by(...devices.slice(0, i + 1))), sample(device, i * 10), i * 10));
      return m.certainty;
    };
    expect(run('A', 'B')).toBe('awaiting-corroboration');
    expect(run('A', 'A:L1_GP')).toBe('awaiting-corroboration');
    expect(run('A', 'B:L1_GP')).toBe('confirmed');
  });

  it('an instrument that is silent now corroborates nothing new, and one that held it within the time given does', () => {
    const run = (within: number | undefined) => {
      const m = machine(2, 0, { samples: 1, of: 1, within });
      m.update(both(by('A')), sample('A', 0), 0);
      m.update(both(silent('A')), undefined, 60 * MINUTE);
      m.update(
        { rise: { ...by('B'), unknown: [keyOf('A')] }, hold: { ...by('B'), unknown: [keyOf('A')] } },
        sample('B', 90 * MINUTE),
        90 * MINUTE,
      );
      return m.certainty;
    };
    expect(run(undefined)).toBe('awaiting-corroboration');
    expect(run(60 * MINUTE)).toBe('awaiting-corroboration');
    expect(run(120 * MINUTE)).toBe('confirmed');
  });

  it('a second sign of another kind confirms what one instrument has held; one of its own kind does not', () => {
    const run = (sign: Finding) => {
      const m = machine(2);
      m.update({ ...both(by('A')), second: sign }, sample('A', 0), 0);
      expect(m.certainty).toBe('awaiting-persistence');
      m.count(sample('A', 10));
      return m.certainty;
    };
    expect(run(by('R:L3_YL'))).toBe('confirmed');
    expect(run(by('B'))).toBe('awaiting-corroboration');
    expect(run(none)).toBe('awaiting-corroboration');
  });

  const confirmed = (cooldown = 0, more: Partial<LevelSpec> = {}) => {
    const m = machine(1, cooldown, more);
    m.update(both(by('A')), sample('A', 0), 0);
    m.count(sample('A', 10));
    return m;
  };

  it('falls back only after the whole time below, and begins anew when it holds again', () => {
    const m = confirmed();
    m.update(both(none), sample('A', 20), 20);
    expect([m.standing, m.persisted]).toEqual([1, 0]);
    expect(m.dueAt).toBe(20 + 10 * MINUTE);
    m.update(holdOnly(by('A')), sample('A', 30), 30);
    expect(m.dueAt).toBe(Number.POSITIVE_INFINITY);
    m.update(both(none), sample('A', 40), 40);
    m.update(both(none), undefined, 39 + 10 * MINUTE);
    expect(m.certainty).toBe('confirmed');
    m.update(both(none), undefined, 40 + 10 * MINUTE);
    expect(m.certainty).toBeNull();
  });

  it('is given up only when the instrument itself has sent as many samples below as asked', () => {
    const m = confirmed(0, { below: 3 });
    m.update(both(none), sample('A', 20), 20);
    m.count(sample('B', 30));
    m.count(sample('A', 40));
    m.update(both(none), undefined, 60 * MINUTE);
    expect(m.certainty).toBe('confirmed');
    m.count(sample('A', 70 * MINUTE));
    expect(m.dueAt).toBe(20 + 10 * MINUTE);
    m.update(both(none), undefined, 70 * MINUTE);
    expect(m.certainty).toBeNull();
  });

  it('stays for its validity after the last sample that held it', () => {
    const m = confirmed(0, { validity: 60 * MINUTE });
    m.update(both(none), sample('A', 20), 20);
    expect(m.dueAt).toBe(10 + 60 * MINUTE);
  });

  it('silence stops the way down: it never lowers a level', () => {
    const m = confirmed();
    m.update(both(none), sample('A', 20), 20);
    m.update(both(silent('A')), undefined, 30);
    m.update(both(silent('A')), undefined, 30 + 100 * MINUTE);
    expect(m.certainty).toBe('confirmed');
  });

  it('a level that comes back within the cool-down is held for the cool-down', () => {
    const m = confirmed(60 * MINUTE);
    m.update(both(none), sample('A', 20), 20);
    m.update(both(none), undefined, 11 * MINUTE);
    expect(m.certainty).toBeNull();
    m.update(both(by('A')), sample('A', 20 * MINUTE), 20 * MINUTE);
    expect(m.certainty).toBe('awaiting-persistence');
    m.count(sample('A', 21 * MINUTE));
    m.update(both(none), sample('A', 22 * MINUTE), 22 * MINUTE);
    expect(m.dueAt).toBe(82 * MINUTE);
  });

  it('however a value wavers, two releases of a level are at least a cool-down apart (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 30 })), { minLength: 20, maxLength: 200 }), (steps) => {
        const m = machine(1, 60 * MINUTE);
        let now = 0;
        let released = Number.NEGATIVE_INFINITY;
        for (const [held, minutes] of steps) {
          now += minutes * MINUTE;
          const was = m.certainty;
          m.update(both(held ? by('A') : none), sample('A', now), now);
          if (m.certainty !== null || was === null || was === 'awaiting-persistence') continue;
          expect(now - released).toBeGreaterThanOrEqual(60 * MINUTE);
          released = now;
        }
      }),
    );
  });

  it('is late as long as only late samples have held it', () => {
    const m = machine(1);
    m.update(both(by('A')), sample('A', 0, true), 0);
    m.count(sample('A', 10, true));
    expect([m.certainty, m.lateOnly]).toEqual(['confirmed', true]);
    expect(m.count(sample('A', 20))).toBe(true);
    expect(m.lateOnly).toBe(false);
  });

  it('takes up a level kept by the release before, and lets it fall', () => {
    const kept = LevelMemory.parse({
      stands: { A: { count: 7, last: 10, persisted: true, belowSince: null } },
      confirmed: true,
      lateOnly: false,
      releasedAt: null,
      flapping: false,
    });
    const m = machine(1);
    m.recall(kept);
    expect(m.certainty).toBe('confirmed');
    m.update(both(none), sample('A', 20), 20);
    expect(m.dueAt).toBe(20 + 10 * MINUTE);
  });

  it('keeps everything over a restart', () => {
    const m = confirmed(60 * MINUTE);
    m.update(both(none), sample('A', 20), 20);
    const next = machine(1, 60 * MINUTE);
    next.recall(JSON.parse(JSON.stringify(m.memory())));
    expect([next.certainty, next.dueAt, next.memory()]).toEqual([m.certainty, m.dueAt, m.memory()]);
  });
});
