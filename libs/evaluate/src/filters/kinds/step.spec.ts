import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '#libs/contracts';
import { noise } from '../../fakes/drive.js';
import { VelocityDetector } from '../../detectors/motion/velocity.js';
import type { Rebase } from '../filter.js';
import { StepFilter } from './step.js';

const options = { settle: 8 * HOUR, noise: 1, sigma: 4, least: 0, outlook: DAY };

/** Hourly values through the filter into a day's velocity. Everything must pass as it is. */
function fed(values: readonly number[], more: Partial<typeof options> = {}) {
  const filter = new StepFilter({ ...options, ...more });
  const velocity = new VelocityDetector(DAY);
  const passed: number[] = [];
  const moves: Parameters<Rebase>[] = [];
  const pass = (time: number, value: number) => {
    passed.push(value);
    velocity.feed(time, value);
  };
  const rebase: Rebase = (...moved) => {
    moves.push(moved);
    velocity.rebase(...moved);
  };
  const steps = values.map((value, hour) => {
    filter.feed(hour * HOUR, value, pass, rebase);
    return { doubt: filter.doubt, rate: velocity.value };
  });
  expect(passed).toEqual(values);
  return { filter, steps, moves: moves.map(([at, by]) => [at / HOUR, Math.round(by / 5) * 5]) };
}
const gauss = noise(6);
const level = (count: number, value: number) => Array.from({ length: count }, () => value + gauss());
const moving = (count: number, from: number, perDay: number) =>
  Array.from({ length: count }, (_, hour) => from + (perDay * hour) / 24 + gauss() / 4);
const fastest = (steps: readonly { rate: number | null }[]) => Math.max(...steps.map(({ rate }) => rate ?? 0));

describe('a step of an instrument', () => {
  it('makes no rate, and the indicator is a lower bound until it has left the window of the detector', () => {
    const { steps, moves } = fed([...level(40, 0), ...level(60, 40)]);
    expect(moves).toEqual([[40, 40]]);
    expect(fastest(steps)).toBeLessThan(4);
    const under = steps.flatMap(({ doubt }, hour) => (doubt === 'needs-review' ? [hour] : []));
    expect([under[0], under.at(-1), under.length]).toEqual([43, 64, 22]);
  });

  it('would have made one without the filter: the measure can fail', () => {
    const velocity = new VelocityDetector(DAY);
    const rates = [...level(40, 0), ...level(60, 40)].map((value, hour) => {
      velocity.feed(hour * HOUR, value);
      return { rate: velocity.value };
    });
    expect(fastest(rates)).toBeGreaterThan(20);
  });

  it('says how large it is and how old', () => {
    const { filter } = fed([...level(20, 0), ...level(12, 40)]);
    expect(Math.abs((filter.detail?.step ?? 0) - 40)).toBeLessThan(1.5);
    expect(filter.detail?.stepAge).toBe(11);
  });

  it('hides no motion beside it: a slope that goes on at its pace keeps it', () => {
    const { steps } = fed([...moving(40, 0, 8), ...moving(16, 0 + (8 * 40) / 24 - 25, 8)]);
    for (const { rate } of steps.slice(44)) expect(Math.abs((rate ?? 0) - 8)).toBeLessThan(3);
  });

  it('knocked and put back is two of them', () => {
    const { steps, moves } = fed([...level(40, 0), ...level(10, 30), ...level(40, 0)]);
    expect(moves).toEqual([
      [40, 30],
      [50, -30],
    ]);
    expect(fastest(steps)).toBeLessThan(4);
  });
});

describe('a slope that jumps and keeps moving', () => {
  it('gets its jump back as soon as it has gone on by half of it', () => {
    const jump = [...level(40, 0), ...moving(24, 20, 36)];
    const { moves, steps } = fed(jump);
    expect(moves[0]).toEqual([40, 20]);
    expect(moves[1]).toEqual([40, -20]);
    expect(steps.at(-1)).toMatchObject({ doubt: undefined });
    expect(steps.at(-1)?.rate ?? 0).toBeGreaterThan(36);
  });

  it('gets it back with the second jump in the same direction: it moves in jerks', () => {
    const { moves, steps } = fed([...level(40, 0), ...level(8, 20), ...level(8, 40)]);
    expect(moves).toEqual([
      [40, 20],
      [40, -20],
    ]);
    expect(steps.at(-1)?.rate ?? 0).toBeGreaterThan(20);
  });

  it.each([
    ['a jump the motion follows at once', [...level(20, 0), ...moving(40, 40, 48 * 6)]],
    ['a jump out of motion', [...Array.from({ length: 20 }, (_, hour) => 3 * hour), ...level(40, 68)]],
    ['acceleration', Array.from({ length: 90 }, (_, hour) => 2 ** (hour / 12))],
    ['failure', Array.from({ length: 120 }, (_, hour) => 400 / (121 - hour))],
    ['noise', level(500, 0)],
    ['a jump after too few samples', [...level(3, 0), ...level(40, 40)]],
  ])('is never relieved of %s', (_, values) => expect(fed(values).moves).toEqual([]));

  it('is not relieved of what happened while nobody looked: an outage hides motion', () => {
    const filter = new StepFilter(options);
    const moves: number[] = [];
    const values = [...level(30, 0), ...level(30, 40)];
    values.forEach((value, at) =>
      filter.feed(
        (at < 30 ? at : at + 20) * HOUR,
        value,
        () => undefined,
        (_, by) => moves.push(by),
      ),
    );
    expect(moves).toEqual([]);
  });
});

describe('a detector that moves its window', () => {
  it('has the rate of the moved series, wherever in a block the jump was', () => {
    const values = Array.from({ length: 600 }, (_, at) => Math.sin(at) + (at < 407 ? 0 : 30));
    const every = 6 * 60_000;
    const [plain, moved] = [new VelocityDetector(DAY), new VelocityDetector(DAY)];
    values.forEach((value, at) => plain.feed(at * every, at < 407 ? value + 30 : value));
    values.forEach((value, at) => {
      moved.feed(at * every, value);
      if (at === 415)
        moved.rebase(
          407 * every,
          30,
          Array.from({ length: 9 }, (_, since) => [(407 + since) * every, values[407 + since] ?? 0]),
        );
    });
    expect(moved.value).toBeCloseTo(plain.value ?? Number.NaN, 9);
  });
});
