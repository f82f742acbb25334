import { describe, expect, it } from 'vitest';
import type { OpenedEnvelope, SealedEnvelope } from '#libs/contracts';
import { contextOf } from '../fakes/shipped.js';
import { nationalCodec } from './codec.js';
import { buildFileFrame, buildFrame } from './frame.js';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const context = contextOf('station', { '99': 'foreign-device' });
const decode = (payload: Uint8Array) => nationalCodec(payload, context);
const reasons = (payload: Uint8Array) => decode(payload).faults.map(({ reason }) => reason);
const timed = (value: unknown) => ({ '17165802': { L1_LF_1: { '2026-03-14T06:00:00.000Z': value } } });

/** A frame of a type our devices do not send. */
function frameOf(type: number, json: unknown): Uint8Array {
  const frame = buildFrame(1, json);
  frame[0] = type;
  return frame;
}

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
    ['type 5 with "at"', frameOf(5, { '17165802': { L1_LF_1: { at: '2026-03-14T06:00:00.000Z', value: 1 } } })],
    [
      'type 3 without stream, with "at"',
      frameOf(3, { '17165802': { L1_LF_1: [{ at: '2026-03-14T06:00:00.000Z', value: { value: 1 } }] } }),
    ],
    ['"at" for the whole device', frameOf(1, { '17165802': { at: '2026-03-14T06:00:00.000Z', L1_LF_1: 1 } })],
    ['datastreams', text('{"datastreams":[{"id":"L1_LF_1","datapoints":[{"at":"2026-03-14T06:00:00.000Z","value":1}]}]}')],
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
    ['the same sensor twice, with different values', text('{"17165802":{"L1_LF_1":1,"L1_LF_1":2}}'), 'bad-value'],
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
    ['an encrypted envelope', text('{"header":{"appId":"62000001"},"bodies":{"body":"AAAA"}}'), 'unknown-app'],
    ['an envelope without application', text('{"header":{},"bodies":{"body":"AAAA"}}'), 'unknown-shape'],
    ['an envelope whose body is no base64', text('{"header":{"appId":"1"},"bodies":{"body":{}}}'), 'unknown-shape'],
    ['an empty object', text('{}'), 'unknown-shape'],
    ['a file', buildFileFrame({ '17165802': { camera: { name: 'a.jpg' } } }, new Uint8Array([7])), 'file-frame'],
    ['a file cut short', buildFileFrame({ a: 1 }, new Uint8Array([7, 8])).subarray(0, -1), 'unreadable-frame'],
    ['a file without descriptor', new Uint8Array([3, 0, 2, 0x7b, 0x7d, 0, 1, 7]), 'unreadable-json'],
    ['a firmware packet', new Uint8Array([4, 0, 1, 0, 2, 0, 3, 9, 9]), 'firmware-frame'],
    ['a firmware packet cut short', new Uint8Array([4, 0, 1]), 'unreadable-frame'],
    ['an "at" that is no time', text('{"17165802":{"L1_LF_1":{"at":"soon","value":1}}}'), 'bad-time'],
    ['a datastream without id', text('{"datastreams":[{"datapoints":[]}]}'), 'unknown-shape'],
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

  it('reads a payload of 1 MB once, not again for each of its samples', () => {
    const times = Object.fromEntries(
      Array.from({ length: 28_000 }, (_, i) => [new Date(Date.UTC(2026, 0, 1) + i * 1000).toISOString(), { value: i }]),
    );
    const payload = text(JSON.stringify({ '17165802': { L1_LF_1: times } }));
    expect(payload.length).toBeGreaterThan(1_000_000);
    const started = performance.now();
    expect(decode(payload).samples).toHaveLength(28_000);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('a sensor code repeated for each time', () => {
  it('loses no sample', () => {
    const { samples, faults } = decode(
      text('{"17165802":{"L1_LF_1":{"2026-03-14T06:00:00Z":1},"L1_LF_1":{"2026-03-14T07:00:00Z":2,"2026-03-14T06:00:00Z":1}}}'),
    );
    expect(samples.map(({ time, value }) => [time, value])).toEqual([
      [Date.UTC(2026, 2, 14, 6), 1],
      [Date.UTC(2026, 2, 14, 7), 2],
    ]);
    expect(faults).toEqual([]);
  });

  it('keeps what is not contradicted, and names what is', () => {
    const { samples, faults } = decode(text('{"17165802":{"L1_LF_1":1,"L1_LF_2":5,"L1_LF_1":2}}'));
    expect(samples.map(({ channel, value }) => [channel, value])).toEqual([['L1_LF_2', 5]]);
    expect(faults).toEqual([{ reason: 'bad-value', detail: '17165802.L1_LF_1 is there twice, with different values' }]);
  });
});

describe('an encrypted envelope', () => {
  const seal = (inside: Uint8Array) =>
    text(
      JSON.stringify({
        header: { appId: 62000001, ts: 1773468000000, sign: 'ab' },
        bodies: { body: btoa(String.fromCharCode(...inside)) },
      }),
    );
  const opening = (fresh: boolean) => ({
    ...context,
    receivedAt: 5,
    tools: {
      openEnvelope: ({ body, appId, timestamp, signature }: SealedEnvelope, receivedAt: number): OpenedEnvelope =>
        appId === '62000001' && timestamp === '1773468000000' && signature === 'ab' && receivedAt === 5
          ? { payload: Uint8Array.from(atob(body), (char) => char.charCodeAt(0)), fresh }
          : { refused: 'sealed-wrong', detail: appId },
    },
  });

  it('is opened, and what is in it read as a payload of its own', () => {
    const { samples, faults } = nationalCodec(seal(buildFrame(2, timed(3))), opening(true));
    expect([samples.map(({ value }) => value), faults]).toEqual([[3], []]);
  });

  it('that is old gives no value the time of its arrival', () => {
    expect(nationalCodec(seal(buildFrame(2, timed(3))), opening(false)).samples).toHaveLength(1);
    const old = nationalCodec(seal(buildFrame(1, { '17165802': { L1_LF_1: 3 } })), opening(false));
    expect([old.samples, old.faults.map(({ reason }) => reason)]).toEqual([[], ['replayed']]);
  });

  it('inside another is refused', () =>
    expect(nationalCodec(seal(seal(buildFrame(2, timed(3)))), opening(true)).faults.map(({ reason }) => reason)).toEqual([
      'unknown-shape',
    ]));
});

describe('a file frame', () => {
  it('is kept with its length and hash', () => {
    const payload = buildFileFrame({ '17165802': { camera: { name: '1.jpg' } } }, new Uint8Array(300));
    const { faults } = nationalCodec(payload, { ...context, tools: { sha256: (bytes) => `of ${bytes.length}` } });
    expect(faults).toEqual([
      { reason: 'file-frame', detail: '300 bytes, SHA-256 of 300, descriptor {"17165802":{"camera":{"name":"1.jpg"}}}' },
    ]);
  });

  it('of a GNSS receiver is read, when it holds solutions', () => {
    const nmea = text('$GPZDA,060000.00,14,03,2026,00,00*60\r\n');
    const { faults, facts, samples } = decode(buildFileFrame({ '17165802': { L1_GP_1: { gpsInitial: { format: 'nmea' } } } }, nmea));
    // A date and no position: read to the end, and told that there was nothing in it.
    expect([samples, facts, faults.map(({ reason }) => reason)]).toEqual([[], [], ['unknown-shape']]);
    expect(reasons(buildFileFrame({ '17165802': { L1_GP_1: { gpsInitial: {} } } }, text('RINEX')))).toEqual(['file-frame']);
  });
});
