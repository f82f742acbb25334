import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HouseholdCardView, TaskView, WarningView } from '#libs/contracts';
import { ApiClient, PATIENCE_MS, type RecordingDevice, type TestStation, testStation, until } from '#libs/testing';
import { calm, frameOf, opening } from '../outside/readings.js';
import { act, takeOnce, toPublished, type Step } from './once.js';

/** One slope published by its plan where two sign, one that people release step by step. */
const planned = { code: '513221010062', device: '91700062', monitor: '13900000622' };
const walked = { code: '513221010063', device: '91700063', monitor: '13900000632' };
const onDuty = '13900000629';
const staying = '13900000625';
const moved = '13900000626';
/** The simulated carrier knows no number that ends like this. */
const nowhere = '13900009001';

describe('releasing, through the whole station', () => {
  let station: TestStation;
  let wang: ApiClient;
  let zhou: ApiClient;
  const links = new Map<string, RecordingDevice>();

  beforeAll(async () => {
    station = await testStation('drill release');
    for (const username of ['wang', 'zhou'])
      await station.api.post('/users', {
        username,
        password: 'Sign-Secret-2026',
        displayName: username,
        roles: ['duty', 'signer', 'expert'],
      });
    await station.api.call('PATCH', '/settings', { dutyRoster: [{ name: '值班员', phone: onDuty }] });
    wang = await ApiClient.login(station.url, 'wang', 'Sign-Secret-2026');
    zhou = await ApiClient.login(station.url, 'zhou', 'Sign-Secret-2026');
    for (const { code, device, monitor } of [planned, walked]) {
      await station.county.createPoint(code, code === planned.code ? { signOff: 'two' } : { release: {} });
      await station.county.createWorkCard(code, monitor, monitor);
      const secret = await station.county.createDevice(device, 'crack-meter', code, { interval: 60 });
      links.set(device, await station.device(device, secret));
    }
  });
  afterAll(async () => {
    for (const link of links.values()) await link.disconnect();
    await station?.stop();
  });

  const toRed = async ({ device }: typeof planned): Promise<void> => {
    const link = links.get(device);
    const now = Date.now();
    for (const sample of [...calm(now), ...opening(now, 45)]) await link?.publish('$dp', frameOf(device, [sample]));
  };
  const warningOf = async ({ code }: typeof planned): Promise<WarningView | undefined> => (await station.county.warnings(code))[0];
  const redOf = (place: typeof planned): Promise<WarningView> =>
    until(`red at ${place.code}`, PATIENCE_MS, async () => {
      const warning = await warningOf(place);
      return warning?.level === 'red' && warning.state === 'confirmed' && warning;
    });
  const heard = async (phone: string, word: string): Promise<number> =>
    (await station.outbox.messages()).filter(({ to, text }) => to.endsWith(phone) && text.includes(word)).length;

  it('what the plan published waits for somebody who stands behind it; two end it, and who has left the card hears so too', async () => {
    await station.county.createHousehold(planned.code, staying);
    const leaving = await station.county.createHousehold(planned.code, moved);
    const unreachable = await station.county.createHousehold(planned.code, nowhere);
    await toRed(planned);
    const red = await redOf(planned);
    expect(red.releases.public).toMatchObject({ state: 'published', ratified: false, ratifyBy: expect.any(String) as string });
    await until(
      'both households warned',
      PATIENCE_MS,
      async () => (await heard(staying, '红色预警')) + (await heard(moved, '红色预警')) === 2,
    );
    // The officer on duty is told what waits for him, beside the warning itself.
    expect(red.releases.public.asked).toMatchObject({ what: 'ratify', step: 0, by: red.releases.public.ratifyBy });
    await until('duty asked to ratify', PATIENCE_MS, async () => (await heard(onDuty, '前补签或撤销')) === 1);
    expect((await act(wang, red.id, 'sign')).body.releases.public).toMatchObject({ ratified: true, signedBy: 'wang' });

    await station.api.post(`/household-cards/${leaving.id}/withdraw`, { reason: '住户已搬迁' });
    const asked = await act(wang, red.id, 'all-clear');
    expect(asked.body).toMatchObject({ countersign: { action: 'all-clear', by: 'wang' }, release: { public: 'published' } });
    expect((await act(wang, red.id, 'all-clear')).body).toMatchObject({ code: 'illegal-transition', obstacle: 'second-person' });
    expect(await heard(staying, '解除')).toBe(0);
    expect((await act(zhou, red.id, 'all-clear', { disposal: 3 })).body).toMatchObject({ release: { public: 'all-clear' } });
    const told = async (): Promise<string> =>
      (await station.outbox.messages())
        .filter(({ to, text }) => !to.endsWith(onDuty) && /预警解除.*首发的红色预警/.test(text))
        .map(({ to }) => [staying, moved, planned.monitor].findIndex((phone) => to.endsWith(phone)))
        .toSorted((a, b) => a - b)
        .join();
    await expect
      .poll(told, { timeout: PATIENCE_MS, message: 'the all-clear at both households and at the guard, once each' })
      .toBe('0,1,2');

    // A number that does not exist is on the card and somebody's task, beyond the warning; the new number ends both.
    const mends = (): Promise<TaskView[]> => station.api.all<TaskView>('/tasks?kind=mend');
    await until('a task to mend the card', PATIENCE_MS, async () => (await mends()).length > 0);
    expect(await mends()).toMatchObject([
      { about: `household:${unreachable.id}:householder`, owner: { role: 'village' }, state: 'to-dispatch', warningId: red.id },
    ]);
    const card = await station.api.get<HouseholdCardView>(`/household-cards/${unreachable.id}`);
    expect(card.outOfService).toMatchObject([{ field: 'phone', delivery: expect.any(String) as string }]);
    await station.api.call('PATCH', `/household-cards/${card.id}`, { version: card.version, phone: '13900000627' });
    await until('the task is over', PATIENCE_MS, async () => (await mends())[0]?.outcome === 'withdrawn');
    expect((await station.api.get<HouseholdCardView>(`/household-cards/${unreachable.id}`)).outOfService).toBeUndefined();
  });

  it('takes every action once, however often it is sent, and refuses the next with the same key as the first time', async () => {
    await station.county.createHousehold(walked.code, '13900000635');
    await toRed(walked);
    const { id } = await redOf(walked);
    const way: Step[] = [
      ['acknowledge', {}],
      ...toPublished,
      ['adjust', { level: 'orange' }],
      ['cancel', {}],
      ['dispose', { disposal: 1 }],
    ];
    for (const step of way) await takeOnce(wang, 'wang', id, step);
    expect(await station.county.warning(id)).toMatchObject({ state: 'cancelled', disposal: { type: 1, by: 'wang' } });
    await until('the cancellation at the household', PATIENCE_MS, async () => (await heard('13900000635', '取消')) > 0);
    expect(await heard('13900000635', '取消')).toBe(1);
    const key = randomUUID();
    const refused = await act(wang, id, 'confirm', {}, key);
    expect([refused.status, (await act(wang, id, 'confirm', {}, key)).body]).toEqual([409, refused.body]);
    expect((await act(wang, id, 'close')).body).toMatchObject({ code: 'illegal-transition' });
  });

  it('asks for the steps of the plan, takes them back when the warning is over, and counts what it was worth', async () => {
    const warning = await warningOf(walked);
    const tasks = await station.api.all<TaskView>(`/tasks?warning=${warning?.id}&kind=response`);
    expect(tasks.filter(({ level }) => level === 'red').map(({ owner }) => owner.role)).toEqual(
      expect.arrayContaining(['village', 'township', 'duty']),
    );
    await until('its tasks are withdrawn', PATIENCE_MS, async () =>
      (await station.api.all<TaskView>(`/tasks?warning=${warning?.id}`)).every(({ state }) => state === 'closed'),
    );
    const open = await station.api.all<TaskView>(`/tasks?warning=${(await warningOf(planned))?.id}&kind=response`);
    const first = open.find(({ state }) => state !== 'closed');
    expect(first).toBeDefined();
    await wang.post(`/tasks/${first?.id}/start`, {});
    const reported = await wang.post<TaskView>(`/tasks/${first?.id}/report`, { note: '已转移 12 户' });
    expect(reported).toMatchObject({ state: 'reported', owner: { person: 'wang' } });
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const kpis = await station.api.get(`/kpi/warnings?from=${encodeURIComponent(from)}&to=${Date.now() + 1000}`);
    expect(kpis).toMatchObject({ opened: 2, disposed: 2, falseAlarms: { count: 1, of: 2, value: 0.5 } });
    expect(station.errors).toEqual([]);
  });
});
