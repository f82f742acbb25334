import { describe, expect, it } from 'vitest';
import { mayPublish, topics } from '#libs/contracts';
import { contextOf } from '../fakes/shipped.js';
import { codecOf } from '../index.js';

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const ts = Date.UTC(2026, 2, 14, 6);
function read(topic: string, value: unknown) {
  const decoded = codecOf(topic)?.(bytes(value), contextOf('station', { '99': 'foreign-device' }));
  return {
    samples: decoded?.samples.map(({ deviceId, channel, time, value: v }) => [deviceId, channel, time, v]),
    facts: decoded?.facts,
    faults: decoded?.faults.map(({ reason }) => reason),
  };
}

describe('a ThingsBoard gateway', () => {
  it('speaks for its children by name, each with several times', () =>
    expect(
      read(topics.gatewayTelemetry, {
        A: [
          { ts, values: { L1_LF_1: 1 } },
          { ts: ts + 1, values: { L1_LF_1: 2 } },
        ],
        B: [{ L3_HS_1: 20 }],
        '99': [{ ts, values: { L1_LF_1: 9 } }],
      }),
    ).toEqual({
      samples: [
        ['A', 'L1_LF_1', ts, 1],
        ['A', 'L1_LF_1', ts + 1, 2],
        ['B', 'L3_HS_1', null, 20],
      ],
      facts: [],
      faults: ['foreign-device'],
    }));

  it('tells of their state', () =>
    expect(read(topics.gatewayAttributes, { A: { battery: 50, firmware: 'V1' } })).toEqual({
      samples: [['A', 'S1_ZT_1.battery_dump_energy', null, 50]],
      facts: [{ deviceId: 'A', name: 'firmware', value: 'V1' }],
      faults: [],
    }));

  it.each([topics.gatewayConnect, topics.gatewayDisconnect])('says on %s of whom it speaks', (topic) => {
    expect(read(topic, { device: 'A', type: 'default' }).facts).toEqual([{ deviceId: 'A', name: 'gateway', value: '17165802' }]);
    expect(read(topic, { device: '99' }).faults).toEqual(['foreign-device']);
    expect(read(topic, {}).faults).toEqual(['unknown-shape']);
    expect(read(topic, 'x').faults).toEqual(['unreadable-json']);
  });

  it.each<[string, unknown, string]>([
    [topics.gatewayTelemetry, [1], 'unknown-shape'],
    [topics.gatewayTelemetry, 'no json', 'unreadable-json'],
    [topics.gatewayTelemetry, '{"A":{"L1_LF_1":1,"L1_LF_1":2}}', 'bad-value'],
    [topics.gatewayAttributes, { A: 5 }, 'unknown-shape'],
    [topics.claim, { secretKey: 'x' }, 'unknown-shape'],
  ])('%s with %j is quarantined', (topic, value, reason) => expect(read(topic, value).faults).toContain(reason));

  it('may ask for attributes: there are none, and the connection lives on', () => {
    const topic = `${topics.attributesRequest}7`;
    expect(mayPublish('A', topic)).toBe(true);
    expect(read(topic, { clientKeys: 'a' }).faults).toEqual([]);
    expect(mayPublish('A', `${topics.attributesRequest}7/x`)).toBe(false);
    expect(mayPublish('A', 'v1/devices/B/telemetry')).toBe(false);
  });
});

it('reads a channel under the name a product gives it', () => {
  const decoded = codecOf(topics.telemetry)?.(
    bytes({ ts, values: { L2_LF_3: 5, 'S1_ZT_1.sensor_state.L1_LF_3': 1 } }),
    contextOf('station-text'),
  );
  expect(decoded?.samples.map(({ channel, time, value }) => [channel, time, value])).toEqual([
    ['L1_LF_3', ts - 18_000, 5],
    ['S1_ZT_1.sensor_state.L1_LF_3', ts - 18_000, 0],
  ]);
});
