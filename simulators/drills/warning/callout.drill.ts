import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromIso, SECOND, type CalloutReport, type ReportParty, type SystemAlarm, type TaskView } from '#libs/contracts';
import { PATIENCE_MS, until } from '#libs/testing';
import { Meters } from '../outside/meters.js';
import { WatchedStation } from '../outside/watched-station.js';
import { EveryAction } from './every-action.js';

/** Seconds until somebody knocks: the steps come at 4, 8, 12, 16 and 20 s. */
const KNOCK = 20;
/** A step is never early. It is looked for every second, and written this much later at most by a machine that runs other drills besides. */
const LATE_MS = 15 * SECOND;

const POINT = '5132210990';
const DEVICE = '91990001';
const phones = { silent: '13910990001', answers: '13910990002', help: '13910990003', monitor: '13910990011', responsible: '13910990012' };

describe('who does not answer is called again, until somebody knocks', () => {
  const station = new WatchedStation();
  const meters = new Meters(station);
  const actions = new EveryAction(meters);
  let warning: string;

  const publicPart = async () => {
    const report = await station.county.api.get<CalloutReport>(`/warnings/${warning}/report`);
    const callout = report.callouts.find(({ scope }) => scope === 'public');
    if (!callout) throw new Error('the release froze no call-out');
    return { report, callout };
  };
  const partyOf = async (phone: string): Promise<ReportParty> => {
    const party = (await publicPart()).callout.parties.find(({ phones: own }) => own.includes(phone));
    if (!party) throw new Error(`nobody has to answer by ${phone}`);
    return party;
  };
  const alarms = (code: string): SystemAlarm[] =>
    [
      ...station.wall.snapshots.flatMap(({ alarms: standing }) => standing),
      ...station.wall.events.filter(({ type }) => type === 'system.alarm').map(({ payload }) => payload as SystemAlarm),
    ].filter((alarm) => alarm.code === `${code}:${warning}`);
  const stepsDone = async (): Promise<string[]> => (await publicPart()).callout.steps.map(({ step }) => step);

  beforeAll(async () => {
    await station.start();
    await actions.prepare();
    await actions.take();
    const { county, outbox } = station;
    const seconds = { red: KNOCK, orange: KNOCK, yellow: KNOCK };
    await county.api.call('PATCH', '/settings', { callout: { knockAfterSeconds: seconds } });
    await county.createPoint(POINT);
    for (const phone of [phones.silent, phones.answers, phones.help]) await county.createHousehold(POINT, phone);
    await county.createWorkCard(POINT, phones.responsible, phones.monitor);
    await meters.register(DEVICE, POINT);
    const link = await meters.calm(DEVICE);
    await meters.open(link, DEVICE);
    await link.disconnect();
    warning = await until('the red warning', PATIENCE_MS, async () => {
      const [found] = await county.warnings(POINT);
      return found?.level === 'red' && found.state === 'confirmed' && found.id;
    });
    await until('messages to every household', PATIENCE_MS, async () =>
      (await Promise.all([phones.silent, phones.answers, phones.help].map((phone) => outbox.messages(phone)))).every(
        (sent) => sent.length > 0,
      ),
    );
  });
  afterAll(() => station.remove());

  it('closes the household that replies 1', async () => {
    await station.reply(phones.answers, '1');
    const party = await until('the answer', PATIENCE_MS, async () => {
      const now = await partyOf(phones.answers);
      return now.ack === 'ack' && now;
    });
    expect(party.ackBy?.via).toBe('sms');
    const [delivery] = (await station.county.deliveries(warning)).filter(({ recipientId }) => recipientId?.startsWith(party.subject));
    expect(delivery?.ack).toBe('ack');
  });

  it('raises the wall’s alarm at once for the one that replies 2, with a task to call back', async () => {
    await station.reply(phones.help, '2 老人走不动');
    await until('the alarm', PATIENCE_MS, () => alarms('help').some(({ standing }) => standing));
    const [task] = await station.county.api.all<TaskView>(`/tasks?warning=${warning}&kind=call-back`);
    expect(task).toMatchObject({ kind: 'call-back', level: 'red' });
    await station.county.api.post(`/tasks/${task?.id}/start`, {});
    await until('the end of the alarm', PATIENCE_MS, () => alarms('help').some(({ standing }) => !standing));
  });

  it('killed between two steps it neither repeats nor forgets one', async () => {
    await until('the second step', PATIENCE_MS, async () => (await stepsDone()).includes('call-others'));
    await station.kill();
    await station.start();
    const { callout } = await until('somebody who knocks', PATIENCE_MS, async () => {
      const now = await publicPart();
      return now.callout.steps.some(({ step }) => step === 'knock') && now;
    });
    expect(callout.steps.slice(0, 5).map(({ n, step }) => `${n} ${step}`)).toEqual([
      '1 call-again',
      '2 call-others',
      '3 tell-village',
      '4 tell-township',
      '5 knock',
    ]);
    const after = callout.steps.map(({ at }) => fromIso(at) - fromIso(callout.startedAt));
    for (const n of [0, 1]) {
      expect(after[n]).toBeGreaterThanOrEqual(((n + 1) * KNOCK * SECOND) / 5);
      expect(after[n]).toBeLessThan(((n + 1) * KNOCK * SECOND) / 5 + LATE_MS);
    }
    // Each step once to each number: what was sent is what was meant to be sent.
    const keys = callout.parties.flatMap(({ deliveries }) => deliveries.map((one) => `${one.recipient} ${one.channel} ${one.step}`));
    expect(new Set(keys).size).toBe(keys.length);
    const silent = await partyOf(phones.silent);
    expect(silent.deliveries.filter(({ step }) => step >= 100 && step < 1000)).toHaveLength(1);
    expect((await partyOf(phones.answers)).deliveries.filter(({ step }) => step >= 100 && step < 1000)).toHaveLength(0);
  });

  it('gives the answers of before the kill to actions that are sent again, and does nothing a second time', () => actions.again());

  it('ends at the door, and says who was reached', async () => {
    const silent = await partyOf(phones.silent);
    const doors = await station.county.api.all<TaskView>(`/tasks?warning=${warning}&kind=door`);
    expect(doors.map(({ about }) => about)).toContain(silent.subject);
    expect(alarms('silent:public').length).toBeGreaterThan(0);
    const door = doors.find(({ about }) => about === silent.subject);
    await station.county.api.post(`/tasks/${door?.id}/visited`, { note: '已上门，全家 4 人转移' });
    const party = await until('the visit', PATIENCE_MS, async () => {
      const now = await partyOf(phones.silent);
      return now.ack === 'visited' && now;
    });
    expect(party.ackBy).toEqual({ via: 'task', by: 'admin' });
    await station.county.api.post(`/warnings/${warning}/households/${(await partyOf(phones.help)).subject.split(':')[1]}/acknowledge`, {
      answer: 'safe',
    });
    const { callout } = await publicPart();
    expect(callout.counts).toMatchObject({ total: 3, acknowledged: 1, safe: 1, visited: 1, help: 0, silent: 0 });
    await until('the end of the band', PATIENCE_MS, () => alarms('silent:public').at(-1)?.standing === false);
    expect(await station.county.api.get('/audit/verify')).toMatchObject({ ok: true });
  });
});
