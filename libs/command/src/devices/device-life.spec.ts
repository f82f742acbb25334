import { beforeEach, expect, it } from 'vitest';
import { HazardPointCreate, Problem, type WarningRecord } from '#libs/contracts';
import { createDevice, readReadings } from './devices.js';
import { removeDevice, renewSecret } from './device-life.js';
import { fakeContext, fakeUser, viewOf, type FakeContext } from '../fakes/fake-context.js';
import { pointInput } from '../fakes/fake-county.js';
import { createPoint } from '../registry/points.js';
import type { ScopedView } from '../identity/scope.js';

const point = '513221010001';
const code = (error: unknown) => (error instanceof Problem ? error.code : String(error));
let context: FakeContext;
let view: ScopedView;
let told: string[];
beforeEach(async () => {
  context = fakeContext();
  view = viewOf(context, fakeUser('engineer', ['device-engineer']));
  await createPoint(context, view, HazardPointCreate.parse(pointInput(point, '513221')));
  await device();
  told = [];
  context.bus.listen('test', 'registry.changed', ({ points }) => void told.push(...points));
});
const device = (deviceId = 'R1', more = {}) =>
  createDevice(context, view, { deviceId, profile: 'rain-gauge', hazardPoint: point, synthetic: false, ...more });
const bySecret = (secret: string) => context.registry.deviceBySecretHash(context.dataKey.deviceSecretHash(secret));

it('a removed device is cut off and nobody, its past can be asked for, and the log says who did it', async () => {
  const { secretHash } = context.registry.device('R1') ?? { secretHash: '' };
  context.store.readingRows.push({ deviceId: 'R1', channel: 'L3_YL_1', time: context.clock.time - 1, value: 3, quality: [] });
  await removeDevice(context, view, 'R1');
  expect([context.registry.device('R1'), context.registry.deviceBySecretHash(secretHash)]).toEqual([undefined, undefined]);
  expect(context.registry.devicesOf(point)).toEqual([]);
  expect(context.link.cutOff).toEqual(['R1']);
  expect(told).toEqual([point]);
  expect(context.store.deviceRows.has('R1')).toBe(false);
  expect(context.store.auditRows.at(-1)).toMatchObject({ actor: 'engineer', action: 'device.removed', object: 'device:R1' });
  const { readings } = await readReadings(context, view, 'R1', { channel: 'L3_YL_1', limit: 10 });
  expect(readings).toMatchObject([{ value: 3 }]);
  const elsewhere = viewOf(context, fakeUser('zhao', ['viewer'], '5101'));
  expect(await readReadings(context, elsewhere, 'R1', { channel: 'L3_YL_1', limit: 10 }).catch(code)).toBe('out-of-scope');
  expect(await removeDevice(context, view, 'R1').catch(code)).toBe('not-found');
});

it('is not removed while it carries others, or its point is under a warning', async () => {
  await device('R1-2', { parent: 'R1' });
  expect(await removeDevice(context, view, 'R1').catch(code)).toBe('illegal-transition');
  await removeDevice(context, view, 'R1-2');
  context.store.warningRows.push({ id: 'W1', hazardPoint: point } as WarningRecord);
  expect(await removeDevice(context, view, 'R1').catch(code)).toBe('illegal-transition');
  context.store.warningRows.length = 0;
  await removeDevice(context, view, 'R1');
});

it('is another instrument when its number is registered anew: what the earlier one was told counts no longer', async () => {
  const first = context.registry.device('R1');
  if (first) await context.down.intervals.acknowledged(first, 60, context.clock.time + 1, 'densified', '1');
  context.clock.time += 1_000;
  await removeDevice(context, view, 'R1');
  const { secret } = await device('R1', { interval: 1_800 });
  const again = context.registry.device('R1');
  expect(bySecret(secret)).toBe(again);
  expect(again && [context.down.intervals.told(again), context.down.intervals.usual(again)]).toEqual([1_800, 1_800]);
});

it('a new secret is shown once, cuts off who has the old one, and keeps the device as it is', async () => {
  const old = (await device('R2')).secret;
  const before = context.registry.device('R2');
  const { secret, linkPasswords } = await renewSecret(context, view, 'R2');
  expect(bySecret(old)).toBeUndefined();
  expect(bySecret(secret)).toEqual({ ...before, secretHash: context.dataKey.deviceSecretHash(secret) });
  expect(linkPasswords.sl651).toMatch(/^\d{4}$/);
  expect(context.link.cutOff).toEqual(['R2']);
  expect(context.store.deviceRows.get('R2')?.secretHash).toBe(context.dataKey.deviceSecretHash(secret));
  expect(JSON.stringify(context.store.auditRows)).not.toContain(secret);
  expect(await renewSecret(context, view, 'nobody').catch(code)).toBe('not-found');
});
