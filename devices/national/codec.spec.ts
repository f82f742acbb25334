import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Codec } from '#libs/contracts';
import { contextOf, shippedSamples } from '../fakes/shipped.js';
import { attributesCodec, buildFrame, nationalCodec, telemetryCodec } from '../index.js';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const context = contextOf('station', { '99': 'foreign-device' });
const decode = (payload: Uint8Array) => nationalCodec(payload, context);
const reasons = (payload: Uint8Array) => decode(payload).faults.map(({ reason }) => reason);
const timed = (value: unknown) => ({ '17165802': { L1_LF_1: { '2026-03-14T06:00:00.000Z': value } } });

describe('the national frame', () => {
  it('builds and reads the published vector: header 02 00 67', () => {
    const frame = buildFrame(2, {
      '17165802': { L1_GP_1: { '2026-03-14T06:00:00.000Z': { gpsTotalX: 9.9, gpsTotalY: 0.5, gpsTotalZ: 3.2 } } },
    });
    expect([...frame.subarray(0, 3)]).toEqual([0x02, 0x00, 0x67]);
    expect(frame).toHaveLength(106);
    expect(decode(frame).samples.map(({ channel, value }) => [channel, value])).toEqual([
      ['L1_GP_1.gpsTotalX', 9.9],
      ['L1_GP_1.gpsTotalY', 0.5],
      ['L1_GP_1.gpsTotalZ', 3.2],
    ]);
  });

  it('keeps every one of a thousand times in one frame', () => {
    const times = Array.from({ length: 1000 }, (_, i) => new Date(Date.UTC(2026, 2, 14) + i * 60_000).toISOString());
    const { samples, faults } = decode(buildFrame(2, { '17165802': { L1_LF_1: Object.fromEntries(times.map((time, i) => [time, i])) } }));
    expect(samples).toHaveLength(1000);
    expect(new Set(samples.map(({ time }) => time)).size).toBe(1000);
    expect(faults).toEqual([]);
  });

  it.each([
    ['plain JSON', text(JSON.stringify(timed(1)))],
    ['a control character before the JSON', new Uint8Array([0x10, ...text(JSON.stringify(timed(1)))])],
    ['data type 2 without length, then JSON', new Uint8Array([0x02, ...text(JSON.stringify(timed(1)))])],
    ['a line feed before the JSON', text(`\n${JSON.stringify(timed(1))}`)],
    ['a byte order mark', new Uint8Array([0xef, 0xbb, 0xbf, ...text(JSON.stringify(timed(1)))])],
    ['padding behind the frame', new Uint8Array([...buildFrame(2, timed(1)), 0, 0, 0x0a])],
    ['a view into a larger buffer', new Uint8Array([9, 9, 9, ...buildFrame(2, timed(1)), 9]).subarray(3, -1)],
  ])('reads %s', (_, payload) => {
    expect(decode(payload).samples.map(({ channel, time, value }) => [channel, time, value])).toEqual([
      ['L1_LF_1', Date.UTC(2026, 2, 14, 6), 1],
    ]);
    expect(reasons(payload)).toEqual([]);
  });

  it('reads two frames behind one another', () => {
    const payload = new Uint8Array([...buildFrame(2, timed(1)), ...buildFrame(1, { '17165802': { L1_LF_2: 5 } })]);
    expect(decode(payload).samples.map(({ channel, value }) => [channel, value])).toEqual([
      ['L1_LF_1', 1],
      ['L1_LF_2', 5],
    ]);
  });

  it.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), 'unreadable-frame'],
    ['a frame cut short', buildFrame(2, timed(1)).subarray(0, -5), 'unreadable-frame'],
    ['a header alone', new Uint8Array([2, 0]), 'unreadable-frame'],
    ['an unknown data type', new Uint8Array([7, 0, 2, 0x5b, 0x5d]), 'unreadable-frame'],
    ['bytes behind the frame', new Uint8Array([...buildFrame(2, timed(1)), 7, 7]), 'unreadable-frame'],
    ['text that is no JSON', text('hello'), 'unreadable-json'],
    ['NaN', text('{"17165802":{"L1_LF_1":NaN}}'), 'unreadable-json'],
    ['bytes that are no UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'unreadable-json'],
    ['the same sensor twice, of which JSON.parse would lose one', text('{"17165802":{"L1_LF_1":1,"L1_LF_1":2}}'), 'unreadable-json'],
    ['10,000 levels', text('['.repeat(10_000) + ']'.repeat(10_000)), 'unknown-shape'],
    ['10,000 levels under a sensor', text(`{"17165802":{"L1_LF_1":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}}`), 'unknown-code'],
    ['a number too large for a double', text('{"17165802":{"L1_LF_1":1e999}}'), 'bad-value'],
    ['null', buildFrame(2, timed(null)), 'bad-value'],
    ['an array', buildFrame(2, timed([1, 2])), 'bad-value'],
    ['a word', buildFrame(2, timed('ten')), 'bad-value'],
    ['an unknown field', buildFrame(2, timed({ value: 1, other: 2 })), 'unknown-code'],
    ['an unknown code', buildFrame(2, { '17165802': { L9_XX_1: { '2026-03-14T06:00:00Z': 1 } } }), 'unknown-code'],
    ['a date outside the calendar', buildFrame(2, { '17165802': { L1_LF_1: { '2026-02-30T06:00:00Z': 1 } } }), 'bad-time'],
    ['a value without time in a type 2 frame', buildFrame(2, { '17165802': { L1_LF_1: 3 } }), 'bad-time'],
    ['a foreign id', buildFrame(2, { '99': { L1_LF_1: { '2026-03-14T06:00:00Z': 1 } } }), 'foreign-device'],
    ['text with one value too many', buildFrame(2, { '17165802': { L1_GP_1: { '2026-03-14T06:00:00Z': '1,2,3,4' } } }), 'unknown-shape'],
    ['a number where three are expected', buildFrame(2, { '17165802': { L1_GP_1: { '2026-03-14T06:00:00Z': 1 } } }), 'unknown-shape'],
    ['an encrypted envelope', text('{"header":{"appId":"62000001"},"bodies":{"body":"AAAA"}}'), 'unknown-shape'],
    ['an empty object', text('{}'), 'unknown-shape'],
    ['a file frame', new Uint8Array([3, 0, 2, 0x7b, 0x7d, 0, 1, 7]), 'unknown-shape'],
  ])('names what is wrong with %s', (_, payload, reason) => expect(reasons(payload)).toEqual([reason]));

  it('keeps the good values beside the bad ones', () => {
    const { samples, faults } = decode(
      buildFrame(2, {
        '99': { L1_LF_1: { '2026-03-14T06:00:00Z': 1 } },
        '17165802': { L1_LF_1: { 'no time': 1, '2026-03-14T06:00:00Z': { value: 4, x: 1 } }, L3_YL_1: { '2026-03-14T06:00:00Z': 'x' } },
      }),
    );
    expect(samples.map(({ channel, value }) => [channel, value])).toEqual([['L1_LF_1', 4]]);
    expect(faults.map(({ reason }) => reason).toSorted()).toEqual(['bad-time', 'bad-value', 'foreign-device', 'unknown-code']);
  });

  it('puts no control character into a detail', () => {
    const detail = decode(text('{"17165802":{"\\u0000\\ud800":1}}')).faults[0]?.detail;
    expect(detail).toContain('··');
  });

  it('reads a payload of 1 MB in well under a second', () => {
    const times = Object.fromEntries(
      Array.from({ length: 28_000 }, (_, i) => [new Date(Date.UTC(2026, 0, 1) + i * 1000).toISOString(), { value: i }]),
    );
    const payload = text(JSON.stringify({ '17165802': { L1_LF_1: times } }));
    expect(payload.length).toBeGreaterThan(1_000_000);
    const started = performance.now();
    expect(decode(payload).samples).toHaveLength(28_000);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

const genuine = shippedSamples().map(({ sample }) =>
  sample.type === null ? text(JSON.stringify(sample.json)) : buildFrame(sample.type, sample.json),
);

/** A genuine payload with a few bytes changed, cut out or put in. */
const mutated = fc
  .tuple(
    fc.constantFrom(...genuine),
    fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 0, max: 255 }), fc.constantFrom('set', 'cut', 'insert')), {
      minLength: 1,
      maxLength: 6,
    }),
  )
  .map(([payload, changes]) => {
    const bytes = [...payload];
    for (const [where, byte, how] of changes) {
      const at = where % (bytes.length + 1);
      if (how === 'set') bytes[Math.min(at, bytes.length - 1)] = byte;
      else if (how === 'cut') bytes.splice(at, 1 + (byte % 8));
      else bytes.splice(at, 0, byte);
    }
    return Uint8Array.from(bytes);
  });

const anyPayload = fc.oneof(
  { weight: 3, arbitrary: mutated },
  fc.uint8Array({ maxLength: 200 }),
  fc.json().map(text),
  fc.json().map((json) => text(`{"17165802":{"L1_LF_1":${json},"S1_ZT_1":${json}}}`)),
  fc.json().map((json) => text(`[{"ts":${json},"values":${json}},${json}]`)),
);

describe.each<[string, Codec]>([
  ['national', nationalCodec],
  ['telemetry', telemetryCodec],
  ['attributes', attributesCodec],
])('%s codec on 2,000 random and mutated payloads', (_, codec) => {
  it('never throws, and always says something: finite samples, or a reason', () =>
    fc.assert(
      fc.property(anyPayload, (payload) => {
        const { samples, faults, facts } = codec(payload, context);
        for (const { value, time } of samples) {
          expect(Number.isFinite(value)).toBe(true);
          expect(time === null || Number.isInteger(time)).toBe(true);
        }
        // A status of nothing but lon/lat "0" is read, and says nothing.
        const silent = samples.length + faults.length + facts.length === 0;
        expect(!silent || /lon|lat/.test(new TextDecoder().decode(payload))).toBe(true);
      }),
      { numRuns: 2000 },
    ));
});
