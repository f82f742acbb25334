import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildFrame } from '#devices';
import { SECOND, toIso, type HouseholdCardView, type TaskView, type WarningAction, type WarningView } from '#libs/contracts';
import { ApiClient, type RecordingDevice, testStation, type TestStation, until } from '#libs/testing';

/** One slope published by its plan where two sign, one that people release step by step. */
const planned = { code: '513221010062', device: '91700062', monitor: '13900000622' };
const walked = { code: '513221010063', device: '91700063', monitor: '13900000632' };
const onDuty = '13900000629';
const staying = '13900000625';
const moved = '13900000626';
/** The simulated carrier knows no number that ends like this. */
const nowhere = '13900009001';
const LIMIT_MS = 15 * SECOND;
/** Dead numbers are looked after every ten seconds. */
const MEND_MS = 40 * SECOND;

interface Answer {
  status: number;
  body: WarningView & { code?: string; obstacle?: string };
}

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
    const now = Date.now();
    const samples: [number, number][] = [
      [now - 120 * SECOND, 0],
      [now - 60 * SECOND, 0.1],
      [now - 24 * SECOND, 45],
      [now - 12 * SECOND, 45.5],
    ];
    for (const [time, value] of samples)
      await links.get(device)?.publish('$dp', buildFrame(2, { [device]: { L1_LF_1: { [toIso(time)]: value } } }));
  };
  const warningOf = async ({ code }: typeof planned): Promise<WarningView | undefined> => (await station.county.warnings(code))[0];
  const redOf = async (place: typeof planned): Promise<WarningView> => {
    await until(`red at ${place.code}`, LIMIT_MS, async () => {
      const warning = await warningOf(place);
      return warning?.level === 'red' && warning.state === 'confirmed';
    });
    const warning = await warningOf(place);
    if (!warning) throw new Error('no warning');
    return warning;
  };
  /** One action; the same key gives the same answer. */
  const act = async (who: ApiClient, id: string, action: WarningAction, body: object = {}, key: string = randomUUID()): Promise<Answer> => {
    const headers = { authorization: `Bearer ${who.token}`, 'content-type': 'application/json', 'idempotency-key': key };
    const response = await fetch(`${station.url}/api/v1/warnings/${id}/${action}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  };
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
      LIMIT_MS,
      async () => (await heard(staying, '红色预警')) + (await heard(moved, '红色预警')) === 2,
    );
    // The officer on duty is told what waits for him, beside the warning itself.
    expect(red.releases.public.asked).toMatchObject({ what: 'ratify', step: 0, by: red.releases.public.ratifyBy });
    await until('duty asked to ratify', LIMIT_MS, async () => (await heard(onDuty, '前补签或撤销')) === 1);
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
    await until('the all-clear at both households and at the guard, once each', LIMIT_MS, async () => (await told()) === '0,1,2').catch(
      async () => expect(await told()).toBe('0,1,2'),
    );

    // A number that does not exist is on the card and somebody's task, beyond the warning; the new number ends both.
    const mends = async (): Promise<TaskView[]> => (await station.api.get<{ items: TaskView[] }>('/tasks?kind=mend')).items;
    await until('a task to mend the card', MEND_MS, async () => (await mends()).length > 0);
    expect(await mends()).toMatchObject([
      { about: `household:${unreachable.id}:householder`, owner: { role: 'village' }, state: 'to-dispatch', warningId: red.id },
    ]);
    const card = await station.api.get<HouseholdCardView>(`/household-cards/${unreachable.id}`);
    expect(card.outOfService).toMatchObject([{ field: 'phone', delivery: expect.any(String) as string }]);
    await station.api.call('PATCH', `/household-cards/${card.id}`, { version: card.version, phone: '13900000627' });
    await until('the task is over', MEND_MS, async () => (await mends())[0]?.outcome === 'withdrawn');
    expect((await station.api.get<HouseholdCardView>(`/household-cards/${unreachable.id}`)).outOfService).toBeUndefined();
  });

  it('takes every action once, however often it is sent, and refuses the next with the same key as the first time', async () => {
    await station.county.createHousehold(walked.code, '13900000635');
    await toRed(walked);
    const { id } = await redOf(walked);
    const way: [WarningAction, object][] = [
      ['acknowledge', {}],
      ['propose', { level: 'red' }],
      ['consult', {}],
      ['decide', {}],
      ['sign', {}],
      ['publish', {}],
      ['adjust', { level: 'orange' }],
      ['cancel', {}],
      ['dispose', { disposal: 1 }],
    ];
    for (const [action, body] of way) {
      const key = randomUUID();
      const before = (await station.county.warning(id)).timeline.length;
      const [first, again, third] = [
        await act(wang, id, action, body, key),
        ...(await Promise.all([act(wang, id, action, body, key), act(wang, id, action, body, key)])),
      ];
      expect([action, first?.status]).toEqual([action, 200]);
      expect([again?.body, third?.body]).toEqual([first?.body, first?.body]);
      const after = (await station.county.warning(id)).timeline.slice(before);
      expect(after.filter((entry) => entry.action === action && entry.actor === 'wang').length, action).toBeGreaterThan(0);
      const other = await act(wang, id, action, { ...body, text: 'x' }, key);
      expect([action, other.body.code]).toEqual([action, 'idempotency-mismatch']);
    }
    expect(await station.county.warning(id)).toMatchObject({ state: 'cancelled', disposal: { type: 1, by: 'wang' } });
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
    await until('its tasks are withdrawn', LIMIT_MS, async () =>
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
