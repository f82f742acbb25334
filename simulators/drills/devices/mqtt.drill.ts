import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryTransport, socketTransport } from '#libs/testing';
import { acknowledgementScript, HeldBroker } from './acknowledgement.js';

describe('acknowledged = stored, one script on two transports', () => {
  let held: HeldBroker;
  beforeEach(async () => {
    held = await HeldBroker.open();
  });
  afterEach(() => held.broker.stop(200));

  it.each([
    ['memory', () => memoryTransport(held.attach)],
    ['a socket', () => socketTransport(held.broker.port)],
  ])('over %s', async (_, transport) => {
    await acknowledgementScript(held, transport()).run(() => held.observations);
    expect(held.observations.filter(({ kind }) => kind === 'puback').map(({ what }) => what)).toEqual(['one', 'two', 'three']);
  });
});
