import { expect, it } from 'vitest';
import { duration, type Observation, Scenario } from './scenario.js';

it('reads durations as people write them', () => {
  expect([duration('200ms'), duration('1.5s'), duration('2m')]).toEqual([200, 1500, 120_000]);
  expect(() => duration('soon')).toThrow(/200ms, 1.5s or 2m/);
});

it('holds when exactly the wanted things happen between the times', async () => {
  const seen: Observation[] = [];
  const script = new Scenario();
  script.at('20ms', 'one red').do(() => void seen.push({ at: Date.now(), kind: 'warning', what: { level: 'red' } }));
  script.between('10ms', '60ms').want('warning', 1, 'one red warning', (warning: { level: string }) => warning.level === 'red');
  script.between('0ms', '60ms').want('sms', 0, 'nobody is messaged');
  await script.run(() => seen);
});

it('fails on one too many, one too few and one too late, naming each', async () => {
  const seen: Observation[] = [];
  const script = new Scenario(30);
  script
    .at('0ms', 'two messages')
    .do(() => void seen.push({ at: Date.now(), kind: 'sms', what: 1 }, { at: Date.now(), kind: 'sms', what: 2 }));
  script.at('40ms', 'a late warning').do(() => void seen.push({ at: Date.now(), kind: 'warning', what: {} }));
  script.between('0ms', '60ms').want('sms', 1, 'one message');
  script.between('0ms', '20ms').want('warning', 1, 'the warning in time');
  await expect(script.run(() => seen)).rejects.toThrow(
    /one message.*wanted 1 sms, saw 2[\s\S]*the warning in time.*saw 0.*outside: \d+ ms/,
  );
});

it('stands still while what it wants is late, and goes on from there', async () => {
  const seen: Observation[] = [];
  const see = (kind: string): void => void seen.push({ at: Date.now(), kind, what: {} });
  const script = new Scenario();
  script.at('0ms', 'a question').do(() => void setTimeout(see, 100, 'answer'));
  script.between('0ms', '20ms').want('answer', 1, 'answered by a slow machine');
  script.between('0ms', '20ms').want('next', 0, 'nothing goes on without the answer');
  script.at('20ms', 'a step that takes long').do(async () => {
    await new Promise((resolve) => setTimeout(resolve, 80));
    see('next');
  });
  script.between('20ms', '40ms').want('next', 1, 'the step, whole');
  script.at('40ms', 'the last').do(() => see('last'));
  script.between('40ms', '60ms').want('last', 1, 'the last');
  script.between('20ms', '60ms').want('answer', 0, 'no answer to a later question');
  await script.run(() => seen);
});

it('names the step that could not be taken', async () => {
  const script = new Scenario();
  script.at('0ms', 'publish to a closed connection').do(() => Promise.reject(new Error('closed')));
  await expect(script.run(() => [])).rejects.toThrow(/at 0 ms \(publish to a closed connection\): closed/);
});
