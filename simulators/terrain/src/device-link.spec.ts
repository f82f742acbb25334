import { expect, it } from 'vitest';
import { encode } from './device-link.js';

const at = Date.parse('2026-03-14T06:00:00Z');

it('puts every sensor and every time of an upload into one timed frame', () => {
  const [topic, payload] = encode('R1', {
    device: 'R1',
    at: at + 60_000,
    form: 'timed',
    samples: [
      { sensor: 'L3_YL_1', time: at, value: { value: 0.2, totalValue: 10.2 } },
      { sensor: 'L3_YL_1', time: at + 60_000, value: { value: 0.4, totalValue: 10.6 } },
      { sensor: 'L4_NW_1', time: at, value: 1.2 },
    ],
  });
  expect(topic).toBe('$dp');
  expect(payload[0]).toBe(2);
  expect(payload.readUInt16BE(1)).toBe(payload.length - 3);
  expect(JSON.parse(payload.subarray(3).toString())).toEqual({
    R1: {
      L3_YL_1: {
        '2026-03-14T06:00:00.000Z': { value: 0.2, totalValue: 10.2 },
        '2026-03-14T06:01:00.000Z': { value: 0.4, totalValue: 10.6 },
      },
      L4_NW_1: { '2026-03-14T06:00:00.000Z': 1.2 },
    },
  });
});

it('sends status without a time', () => {
  const [, payload] = encode('R1', {
    device: 'R1',
    at,
    form: 'status',
    samples: [{ sensor: 'S1_ZT_1', time: at, value: { signal_4g: -70 } }],
  });
  expect(payload[0]).toBe(1);
  expect(JSON.parse(payload.subarray(3).toString())).toEqual({ R1: { S1_ZT_1: { signal_4g: -70 } } });
});

it('speaks the JSON topic with one message a time', () => {
  const [topic, payload] = encode('T1', {
    device: 'T1',
    at,
    form: 'json',
    samples: [
      { sensor: 'freeboard', time: at, value: 1.2 },
      { sensor: 'waterLevel', time: at, value: 118 },
    ],
  });
  expect(topic).toBe('v1/devices/me/telemetry');
  expect(JSON.parse(payload.toString())).toEqual({ ts: at, values: { freeboard: 1.2, waterLevel: 118 } });
});
