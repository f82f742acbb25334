import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DAY, SECOND } from '#libs/contracts';
import { drive, reading, setup, shipped } from '../fakes/drive.js';
import { parseRulebook } from '../rulebook/rulebook.js';
import { PointEvaluator, type PointSetup } from './point-evaluator.js';

const t0 = Date.UTC(2026, 6, 1);
const D1 = { deviceId: 'D1', interval: 60 };
const D2 = { deviceId: 'D2', interval: 60 };
const crack = (seconds: number, value: number, device = 'D1') => reading(device, 'L1_LF_1', t0 + seconds * SECOND, value);
const reference = readFileSync(new URL('../../../../alert-rules/reference.rules.yaml', import.meta.url), 'utf8');

/** An evaluator under other circumstances that goes on where another was. */
function takenUp(from: PointEvaluator, changed: Partial<PointSetup>, seen: ReturnType<typeof crack>[], rulebook = shipped('reference')) {
  const next = new PointEvaluator(setup(rulebook, changed));
  for (const one of seen) next.warm(one);
  expect(next.restore(JSON.parse(JSON.stringify(from.snapshot())))).toBe(true);
  return next;
}

async function calm(evaluator: PointEvaluator, from: number, until: number): Promise<void> {
  for (let s = from; s < until; s += 60) {
    if (evaluator.tick(t0 + s * SECOND)) await evaluator.decide();
    await drive(evaluator, [crack(s, 0)]);
  }
}

describe('a level taken up by another evaluator', () => {
  it('ends, and does not hide the next one, when the instrument that held it has been removed', async () => {
    const before = new PointEvaluator(setup(shipped('reference'), { devices: [D1, D2] }));
    await drive(before, [crack(0, 0), crack(0, 0, 'D2'), crack(60, 45, 'D2'), crack(120, 45, 'D2'), crack(130, 0)]);
    expect(before.said.confirmedLevel).toBe('red');
    const after = takenUp(before, { devices: [D1] }, [crack(0, 0), crack(130, 0)]);
    await calm(after, 400, 7200);
    expect(after.said.level).toBe('none');
    const decisions = await drive(after, [crack(7200, 60), crack(7260, 60)]);
    expect(decisions.at(-1)?.confirmedLevel).toBe('red');
  });

  it('ends although the new version calls the indicator by another name', async () => {
    const samples = [crack(0, 0), crack(60, 45), crack(120, 45)];
    const before = new PointEvaluator(setup(shipped('reference'), { devices: [D1] }));
    await drive(before, samples);
    const renamed = parseRulebook(reference.replace(/^  change:/m, '  crack:').replaceAll('[rain, change]', '[rain, crack]'), 'x', 'v2');
    const after = takenUp(before, { devices: [D1] }, samples, renamed);
    await calm(after, 400, DAY / SECOND / 8);
    expect(after.said.level).toBe('none');
  });
});

it('a clock of the station that jumped ahead and was put right leaves no point grey', async () => {
  const evaluator = new PointEvaluator(setup(shipped('reference'), { devices: [D1] }));
  await drive(evaluator, [crack(0, 0), crack(60, 0)]);
  if (evaluator.tick(t0 + 30 * DAY)) await evaluator.decide();
  expect(evaluator.said.level).toBe('unknown');
  for (let s = 120; s < 600; s += 60) {
    await drive(evaluator, [crack(s, 0)]);
    if (evaluator.tick(t0 + (s + 1) * SECOND)) await evaluator.decide();
  }
  expect(evaluator.said.level).toBe('none');
});
