import { expect, it } from 'vitest';
import { mqttAddress } from './mqtt-address.js';

it('names the own port, or the external broker without user, password and session', () => {
  expect(mqttAddress(undefined, 1883)).toBe('mqtt://127.0.0.1:1883');
  expect(mqttAddress('mqtts://station:p%40ss@broker.example:8883/?client=two', 0)).toBe('reading mqtts://broker.example:8883');
  expect(mqttAddress('mqtt://[::1]:1884', 0)).toBe('reading mqtt://[::1]:1884');
});
