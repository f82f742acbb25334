import { describe, expect, it } from 'vitest';
import { contextOf } from '../fakes/shipped.js';
import { attributesCodec, telemetryCodec } from './codec.js';

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const read = (value: unknown) => {
  const { samples, faults } = telemetryCodec(bytes(value), contextOf('station'));
  return { samples: samples.map(({ channel, time, value: v }) => [channel, time, v]), faults: faults.map(({ reason }) => reason) };
};
const ts = Date.UTC(2026, 2, 14, 6);

describe('telemetry', () => {
  it('reads one object with a time', () =>
    expect(read({ ts, values: { L1_LF_1: 1.5, 'L3_YL_1.totalValue': '3' } })).toEqual({
      samples: [
        ['L1_LF_1', ts, 1.5],
        ['L3_YL_1.totalValue', ts, 3],
      ],
      faults: [],
    }));
  it('reads an array and keeps every time', () =>
    expect(read([1, 2, 3].map((n) => ({ ts: ts + n, values: { L1_LF_1: n } }))).samples).toEqual([
      ['L1_LF_1', ts + 1, 1],
      ['L1_LF_1', ts + 2, 2],
      ['L1_LF_1', ts + 3, 3],
    ]));
  it('leaves a flat object without time, to be stamped on arrival', () =>
    expect(read({ L1_LF_1: 1 })).toEqual({ samples: [['L1_LF_1', null, 1]], faults: [] }));
  it('answers X.value and aliases under the proper name', () =>
    expect(read({ 'L1_LF_1.value': 1, 'L1_QJ_1.trend': 2 }).samples).toEqual([
      ['L1_LF_1', null, 1],
      ['L1_QJ_1.AZI', null, 2],
    ]));
  it.each<[unknown, string]>([
    [{ ts, L1_LF_1: 1 }, 'unknown-shape'],
    [{ ts: 'soon', values: { L1_LF_1: 1 } }, 'bad-time'],
    [{ ts: { a: 1 }, values: { L1_LF_1: 1 } }, 'bad-time'],
    [{ ts, values: { L1_LF_1: 'wide' } }, 'bad-value'],
    [{ ts, values: { temperature: 1 } }, 'unknown-code'],
    [{ ts, values: [1] }, 'unknown-shape'],
    ['text', 'unknown-shape'],
    [[], 'unknown-shape'],
  ])('%j is refused as %s', (payload, reason) => expect(read(payload)).toEqual({ samples: [], faults: [reason] }));
});

describe('attributes', () => {
  it('reads battery and signal as status, firmware as a fact', () => {
    const { samples, facts, faults } = attributesCodec(bytes({ battery: 80, signal: -70, firmware: '1.2' }), contextOf('gnss'));
    expect(samples.map(({ channel, value }) => [channel, value])).toEqual([
      ['S1_ZT_1.battery_dump_energy', 80],
      ['S1_ZT_1.signal_4g', -70],
    ]);
    expect(facts).toEqual([{ deviceId: '17165802', name: 'firmware', value: '1.2' }]);
    expect(faults).toEqual([]);
  });
});
