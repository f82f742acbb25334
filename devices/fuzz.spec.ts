import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decoded, Sample } from '#libs/contracts';
import { fuzzed, type Fuzzed } from './fakes/fuzz.js';
import { mutated, random } from './fakes/mutate.js';

/** Inputs of each kind for each codec; `npm run fuzz -- --runs N` asks for more. */
const runs = Number(process.env['FUZZ_RUNS'] ?? 20_000);
/** Longest time one input may take, ms: no claim of speed, but a reader that backtracks or counts by squares takes minutes. */
const HANG_MS = 2_000;
const from = Date.UTC(2000, 0, 1);
const to = Date.UTC(2100, 0, 1);
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const unprintable = /[\u0000-\u001f\ud800-\udfff]/;

/** What is wrong with an answer; undefined: nothing. Plain comparisons: `expect` would take most of the time of a million runs. */
function complaint({ samples, faults, facts, replies = [] }: Decoded, payload: Uint8Array): string | undefined {
  for (const { value, time, channel, deviceId, field } of samples) {
    if (!Number.isFinite(value)) return `${channel} is ${value}`;
    if (time !== null && !(Number.isInteger(time) && time >= from && time < to)) return `${channel} at ${time}`;
    if (!/^[A-Z0-9_]{2,40}(?:\.\w{1,82}(?:\.\w{1,40})?)?$/.test(channel)) return `channel ${channel}`;
    if (deviceId === '99' || !field) return 'a value of a device that was refused, or without field';
  }
  for (const { detail } of faults) if (detail === '' || detail.length > 2_000 || unprintable.test(detail)) return `detail ${detail}`;
  for (const { value } of facts) if (unprintable.test(value)) return `fact ${value}`;
  // A status of nothing but lon/lat "0" is read, and says nothing.
  const silent = samples.length + faults.length + facts.length + replies.length === 0;
  return silent && !/lon|lat/.test(new TextDecoder().decode(payload)) ? 'nothing was said' : undefined;
}

function survives({ name, read }: Fuzzed, payload: Uint8Array): void {
  const hex = (): string => Array.from(payload, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const started = performance.now();
  let wrong: string | undefined;
  try {
    wrong = complaint(read(payload), payload);
  } catch (error) {
    throw new Error(`${name} threw on ${hex()}`, { cause: error });
  }
  if (wrong !== undefined) throw new Error(`${name}: ${wrong}, of ${hex()}`);
  const took = performance.now() - started;
  if (took > HANG_MS) throw new Error(`${name} took ${Math.round(took)} ms for ${hex()}`);
}

describe('the check itself', () => {
  const field = { name: 'value' } as Sample['field'];
  const sample = { deviceId: 'A', channel: 'L1_LF_1', field, time: from, value: 1 };
  const said = (more: object, rest: Partial<Decoded> = {}): Decoded => ({
    samples: [{ ...sample, ...more }],
    faults: [],
    facts: [],
    ...rest,
  });
  it.each<[string, Decoded]>([
    ['a value that is not finite', said({ value: Infinity })],
    ['a time outside the calendar', said({ time: to })],
    ['half a millisecond', said({ time: from + 0.5 })],
    ['a channel with a space', said({ channel: 'L1 LF' })],
    ['a value of a refused device', said({ deviceId: '99' })],
    ['NUL in a detail', said({}, { faults: [{ reason: 'bad-value', detail: '\u0000' }] })],
    ['a lone surrogate in a fact', said({}, { facts: [{ deviceId: 'A', name: 'SN', value: '\ud800' }] })],
    ['silence', { samples: [], faults: [], facts: [] }],
  ])('complains of %s', (_, decoded) =>
    expect(() => survives({ name: 'x', read: () => decoded, genuine: [] }, new Uint8Array(1))).toThrow(),
  );
  it('is content with a plain value', () => survives({ name: 'x', read: () => said({}), genuine: [] }, new Uint8Array(1)));
});

describe.each(fuzzed)('the codec of $name', (codec) => {
  it('has genuine payloads to start from, and reads them', () => {
    expect(codec.genuine.length).toBeGreaterThan(0);
    for (const payload of codec.genuine) survives(codec, payload);
  });

  it.each([
    ['mutated', (seed: number) => mutated(codec.genuine, seed)],
    ['random', random],
  ])(
    `never throws, hangs or lets anything odd through: ${runs} %s inputs`,
    (_, make) =>
      fc.assert(
        fc.property(fc.noShrink(fc.nat(0xffff_ffff)), (seed) => survives(codec, make(seed))),
        { numRuns: runs },
      ),
    60_000 + runs * 5,
  );
});

describe('large inputs', () => {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  it.each([
    ['dollars', text('$'.repeat(300_000))],
    ['tags of Beidou-2 that announce 64 kB', text('$TXXX\u007f\u007f'.repeat(40_000))],
    ['sentences without end', text('$BDTCI,'.repeat(40_000))],
    ['brackets', text('['.repeat(300_000))],
    ['one key 50,000 times', text(`{${'"a":1,'.repeat(50_000)}"a":2}`)],
    ['one key 50,000 times over', text(`{"17165802":{${'"L1_LF_1":{"2026-03-14T06:00:00Z":1},'.repeat(20_000)}"L1_LF_1":{}}}`)],
    ['a number of 300,000 digits', text(`{"17165802":{"L1_LF_1":${'9'.repeat(300_000)}}}`)],
    ['a text of 300,000 commas', text(`{"17165802":{"L1_GP_1":"${','.repeat(300_000)}"}}`)],
    ['300,000 spaces', text(' '.repeat(300_000))],
    ['200,000 short frames', new Uint8Array(600_000).map((_, at) => (at % 3 === 0 ? 1 : at % 3 === 2 ? 1 : 0))],
    ['lines of percent signs', text('% \n'.repeat(100_000))],
  ])('of %s end', (_, payload) => {
    for (const codec of fuzzed) survives(codec, payload);
  });
});
