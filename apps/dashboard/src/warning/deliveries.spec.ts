import { deliveryStatuses, type DeliveryView } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { countDeliveries, deviceOf } from './deliveries.js';

const times = { created: '2026-11-21T00:00:00Z', sending: null, accepted: null, delivered: null, failed: null };
const one = (status: DeliveryView['status'], over: Partial<DeliveryView> = {}) => ({ status, ack: 'none' as const, times, ...over });

describe('deliveries of a warning', () => {
  it('does not take sent for informed', () => {
    expect(countDeliveries([one('accepted'), one('sent'), one('delivered', { ack: 'safe' })])).toEqual({
      total: 3,
      accepted: 3,
      delivered: 1,
      failed: 0,
      acked: 1,
    });
  });

  it('counts every end that reached nobody as failed, also after a provider took it, and a superseded message nowhere', () => {
    const late = one('failed_perm', { times: { ...times, accepted: '2026-11-21T00:00:01Z' } });
    expect(countDeliveries([late, one('expired'), one('manual_task'), one('cancelled')])).toMatchObject({
      total: 3,
      accepted: 1,
      failed: 3,
    });
  });

  it('never counts a message as both delivered and failed', () => {
    for (const status of deliveryStatuses) {
      const { delivered, failed } = countDeliveries([one(status)]);
      expect(delivered + failed).toBeLessThanOrEqual(1);
    }
  });

  it('calls what has no name by its channel', () => {
    expect(['wall:centre', 'robot:village', 'broadcast:horn-1', '王建国', '王**'].map(deviceOf)).toEqual([
      { channel: 'wall', name: '' },
      { channel: 'robot', name: 'village' },
      { channel: 'broadcast', name: 'horn-1' },
      null,
      null,
    ]);
  });
});
