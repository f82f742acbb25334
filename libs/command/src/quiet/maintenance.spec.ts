import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR, toIso, type MaintenanceCreate } from '#libs/contracts';
import { fakeContext, fakeUser, viewOf, type FakeContext } from '../fakes/fake-context.js';
import { furnish } from '../fakes/fake-county.js';
import { viewDevice } from '../devices/devices.js';
import { createMaintenance, endMaintenance, listMaintenance } from './maintenance.js';
import { RegistryIndex } from '../registry/registry-index.js';

let context: FakeContext;
let device: string;
let point: string;
const engineer = fakeUser('li', ['device-engineer']);
const now = () => context.clock.now();
const window = (more: Partial<MaintenanceCreate> = {}): MaintenanceCreate => ({
  deviceId: device,
  reason: '更换电池',
  until: toIso(now() + 2 * HOUR),
  ...more,
});
const declare = (input = window(), user = engineer) => createMaintenance(context, viewOf(context, user), input);
const state = (id = device) => {
  const found = context.registry.device(id);
  return found && viewDevice(context, found).state;
};

beforeEach(async () => {
  context = fakeContext();
  await furnish(context, '513221');
  const [first] = context.registry.devices();
  device = first?.deviceId ?? '';
  point = first?.hazardPoint ?? '';
});

describe('maintenance', () => {
  it('shows the device so, from its beginning to its end, and always ends', async () => {
    const made = await declare(window({ from: toIso(now() + HOUR) }));
    expect(made).toMatchObject({ deviceId: device, hazardPoint: point, owner: 'li', version: 1 });
    expect(state()).toBe('unknown');
    context.clock.time += HOUR;
    expect(state()).toBe('maintenance');
    context.clock.time += HOUR;
    expect(state()).toBe('unknown');
  });

  it('of a point covers each of its devices, and a later one is not forgotten with an earlier', async () => {
    await declare({ hazardPoint: point, reason: '巡检', until: toIso(now() + HOUR) });
    await declare(window());
    for (const { deviceId } of context.registry.devicesOf(point)) expect(state(deviceId)).toBe('maintenance');
    context.clock.time += HOUR;
    expect(state()).toBe('maintenance');
  });

  it('is ended once, by a person, on the record', async () => {
    const { id } = await declare();
    const ended = await endMaintenance(context, viewOf(context, engineer), id);
    expect(ended).toMatchObject({ endedBy: 'li', endedAt: toIso(now()), version: 2 });
    expect(state()).toBe('unknown');
    await expect(endMaintenance(context, viewOf(context, engineer), id)).rejects.toMatchObject({ code: 'illegal-transition' });
    expect(context.store.auditRows.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['maintenance.declared', 'maintenance.ended']),
    );
  });

  it.each<[string, () => Partial<MaintenanceCreate>]>([
    ['ends before it begins', () => ({ from: toIso(now() + 2 * HOUR), until: toIso(now() + HOUR) })],
    ['is over already', () => ({ until: toIso(now()) })],
    ['lasts longer than 72 hours', () => ({ until: toIso(now() + 72 * HOUR + 1) })],
    ['began in the past', () => ({ from: toIso(now() - HOUR) })],
    ['is planned too far ahead', () => ({ from: toIso(now() + 31 * 24 * HOUR), until: toIso(now() + 31 * 24 * HOUR + HOUR) })],
  ])('is refused when it %s', async (_, more) => {
    await expect(declare(window(more()))).rejects.toMatchObject({ code: 'invalid-request' });
    expect(context.store.maintenance.rows.size).toBe(0);
  });

  it('is no business of another area, neither to declare nor to end nor to see', async () => {
    const stranger = fakeUser('wang', ['device-engineer'], '99');
    await expect(declare(window(), stranger)).rejects.toMatchObject({ code: 'out-of-scope' });
    const { id } = await declare();
    await expect(endMaintenance(context, viewOf(context, stranger), id)).rejects.toMatchObject({ code: 'out-of-scope' });
    expect((await listMaintenance(context, viewOf(context, stranger), { limit: 10 })).items).toEqual([]);
    expect((await listMaintenance(context, viewOf(context, engineer), { limit: 10, open: 'true' })).items).toHaveLength(1);
  });

  it('is known after a restart', async () => {
    await declare();
    const restarted = new RegistryIndex();
    await restarted.load(context.store.registry);
    await restarted.loadMaintenance(context.store.maintenance, now());
    expect(restarted.maintenanceOf(device, now())?.owner).toBe('li');
  });
});
