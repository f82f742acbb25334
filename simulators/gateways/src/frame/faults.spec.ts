import { describe, expect, it } from 'vitest';
import { FaultOrder, Faults } from './faults.js';

describe('faults', () => {
  it('a number brings its own by its last four digits', () => {
    const faults = new Faults();
    expect(faults.take('alicloud', '13800009001')).toEqual({ kind: 'refuse', reason: 'number' });
    expect(faults.take('alicloud', '+8613800009007')).toEqual({ kind: 'no-receipt' });
    expect(faults.take('alicloud', '13800001234')).toBeUndefined();
  });

  it('an ordered one goes before, by number, provider and count, until taken back', () => {
    const faults = new Faults();
    faults.order({ kind: 'unavailable', suffix: '1234', count: 1 });
    expect(faults.take('alicloud', '13800004321')).toBeUndefined();
    expect(faults.take('alicloud', '13800001234')).toMatchObject({ kind: 'gateway-error' });
    expect(faults.take('alicloud', '13800001234')).toBeUndefined();
    faults.order({ kind: 'isv.AMOUNT_NOT_ENOUGH', provider: 'alicloud' });
    expect(faults.take('mas', '13800001234')).toBeUndefined();
    expect(faults.take('alicloud', '13800001234')).toEqual({ kind: 'refuse-code', code: 'isv.AMOUNT_NOT_ENOUGH' });
    faults.order({ kind: 'none' });
    expect(faults.take('alicloud', '13800001234')).toBeUndefined();
  });

  it('knows kinds by name, by suffix and by vendor code, and says so otherwise', () => {
    for (const kind of ['delay', '9004', '9008', 'isp.SYSTEM_ERROR', '21211', 'none'])
      expect(FaultOrder.safeParse({ kind }).success).toBe(true);
    expect(FaultOrder.safeParse({ kind: 'explode' }).error?.message).toContain('accept-then-drop');
  });
});
