import { expect, it } from 'vitest';
import type { RegisteredDevice } from '#libs/contracts';
import { senderOf, type SenderNeeds } from './sender.js';

const devices = new Map([
  ['P', { deviceId: 'P' }],
  ['C', { deviceId: 'C', parent: 'P' }],
  ['X', { deviceId: 'X' }],
]) as unknown as ReadonlyMap<string, RegisteredDevice>;
const needs: SenderNeeds = {
  registry: { device: (id) => devices.get(id) },
  idsIn: (payload) => new TextDecoder().decode(payload).split(',').filter(Boolean),
};
const sender = (topic: string, text = '', property?: string) =>
  senderOf({ topic, payload: new TextEncoder().encode(text), property }, needs);

it.each([
  ['one device', 'X', 'X'],
  ['a child and its parent', 'C,P', 'P'],
  ['a child alone', 'C', 'C'],
  ['a stranger beside a registered device', 'S,X', 'X'],
  ['a stranger', 'S', 'S'],
  ['two that have nothing to do with each other: the first speaks, the other will be foreign', 'X,P', 'X'],
  ['nobody', '', 'unknown'],
])('takes the frame alone for %s', (_, ids, expected) => {
  expect(sender('$dp', ids)).toEqual({ deviceId: expected, topic: '$dp' });
});

it('believes the user property of the broker and the topic before the frame', () => {
  expect(sender('$dp', 'X', 'P')).toEqual({ deviceId: 'P', topic: '$dp' });
  expect(sender('$dp/P', 'X')).toEqual({ deviceId: 'P', topic: '$dp' });
  expect(sender('v1/devices/X/telemetry')).toEqual({ deviceId: 'X', topic: 'v1/devices/me/telemetry' });
  expect(sender('v1/devices/X/attributes')).toEqual({ deviceId: 'X', topic: 'v1/devices/me/attributes' });
  expect(sender('v1/devices/me/telemetry')).toEqual({ deviceId: 'unknown', topic: 'v1/devices/me/telemetry' });
  expect(sender('v1/devices/me/telemetry', '', 'X')).toEqual({ deviceId: 'X', topic: 'v1/devices/me/telemetry' });
  expect(sender('$crsp/X/cmd')).toEqual({ deviceId: 'X', topic: '$crsp/X/cmd' });
});

it('knows no other topics', () => {
  for (const topic of ['', '$dp/', '$dp/a/b', 'v1/devices/X/rpc', 'v1/devices/X/telemetry/more', '$SYS/x'])
    expect([topic, sender(topic)]).toEqual([topic, undefined]);
});
