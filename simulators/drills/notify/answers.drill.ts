import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeliveryView, type HookView } from '#libs/contracts';
import { PATIENCE_MS, testStation, type TestStation, until } from '#libs/testing';
import { calm, frameOf, opening } from '../outside/readings.js';

const POINT = '513221010077';
const DEVICE = '91700077';
/** One answers the call, one lets it be heard to its end, of one no receipt of the SMS ever comes. */
const phones = { presses: '13900000071', hears: '13900000072', unreported: '13900079007' };

describe('what becomes of a message comes back by itself', () => {
  let station: TestStation;
  let warning: string;
  const deliveries = async (phone: string, channel: DeliveryView['channel']) =>
    (await station.county.deliveries(warning)).filter((one) => one.channel === channel && one.address.endsWith(phone.slice(-4)));
  const post = (path: string, body: unknown) => fetch(station.outbox.url + path, { method: 'POST', body: JSON.stringify(body) });

  beforeAll(async () => {
    station = await testStation('drill answers');
    // Who has not answered after four seconds is called.
    await station.api.call('PATCH', '/settings', { callout: { knockAfterSeconds: { red: 20 } } });
    await station.county.createPoint(POINT);
    for (const phone of Object.values(phones)) await station.county.createHousehold(POINT, phone);
    const secret = await station.county.createDevice(DEVICE, 'crack-meter', POINT);
    const link = await station.device(DEVICE, secret);
    const now = Date.now();
    for (const sample of [...calm(now), ...opening(now)]) await link.publish('$dp', frameOf(DEVICE, [sample]));
    await link.disconnect();
    warning = await until('the red warning', PATIENCE_MS, async () => {
      const [found] = await station.county.warnings(POINT);
      return found?.level === 'red' && found.release.public === 'published' && found.id;
    });
  });
  afterAll(() => station?.stop());

  it('a receipt is pushed to the station, which does not have to ask', async () => {
    const told = await until('the receipt', PATIENCE_MS, async () =>
      (await deliveries(phones.hears, 'sms')).find(({ status }) => status === 'delivered'),
    );
    expect(told).toMatchObject({ provider: 'alicloud' });
    const [unreported] = await deliveries(phones.unreported, 'sms');
    expect(unreported?.status).toBe('accepted');
    const metrics = await (await fetch(`${station.url}/metrics`)).text();
    expect(metrics).toMatch(/wangshan_notify_pushes_total\{provider="alicloud",outcome="taken"\} [1-9]/);
  });

  it('a key pressed in the call acknowledges this very message', async () => {
    await until('the call', PATIENCE_MS, async () =>
      (await station.outbox.everything(phones.presses)).some(({ channel }) => channel === 'voice'),
    );
    expect((await post('/__call', { to: phones.presses, key: '1' })).status).toBe(200);
    const called = await until('the key', PATIENCE_MS, async () =>
      (await deliveries(phones.presses, 'voice')).find(({ ack }) => ack === 'ack'),
    );
    expect(called).toMatchObject({ provider: 'alicloud-voice', status: 'delivered' });
  });

  it('a call heard to its end without a key is delivered, and nobody has acknowledged', async () => {
    const called = await until('the end of the call', PATIENCE_MS, async () =>
      (await deliveries(phones.hears, 'voice')).find(({ status }) => status === 'delivered'),
    );
    expect(called?.ack).toBe('none');
  });

  it('an administrator sees where providers push; whoever does not know the secret finds nothing there', async () => {
    const hooks = await station.api.all<HookView>('/system/hooks');
    expect(hooks.map(({ driver }) => driver)).toEqual(['alicloud', 'alicloud-voice', 'mas']);
    const path = hooks[0]?.path ?? '';
    const push = (to: string) => fetch(station.url + to, { method: 'POST', body: '[]' });
    expect((await push(path)).status).toBe(200);
    expect((await push(path.replace(/.$/, '_'))).status).toBe(404);
    await station.api.call('PATCH', '/settings', { hooks: { round: 1 } });
    expect((await push(path)).status).toBe(404);
  });
});
