import { MINUTE, SECOND, toIso, type Task, type WallEvent, type WarningView } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { CalloutLedger, deskOn, frozen, T0 } from '../fakes/callout.js';
import type { Reply } from '../ports.js';

let sequence = 0;
const reply = (from: string, content: string, at: number, change: Partial<Reply> = {}): Reply => ({
  provider: 'alicloud',
  sequenceId: `s${(sequence += 1)}`,
  channel: 'sms',
  from,
  content,
  at,
  ...change,
});
const event = (type: WallEvent['type'], payload: unknown): WallEvent => ({ seq: 1, id: 'e', type, at: 0, divisionCode: '', payload });
const warningIs = (release: Partial<WarningView['release']>, state: WarningView['state'] = 'confirmed'): WallEvent =>
  event('warning.release', {
    id: 'w1',
    state,
    release: { internal: 'published', public: 'published', ...release },
    releases: { internal: { state: 'none' }, public: { state: 'none' } },
  });

async function running(change: Parameters<typeof frozen>[0] = {}) {
  const ledger = new CalloutLedger();
  const { callout, parties } = frozen(change);
  await ledger.write({ callouts: [callout], parties });
  const clock = { at: T0, now: () => clock.at };
  const parts = deskOn(ledger, clock);
  await parts.desk.start();
  /** Ticks every second until then, as the station does. */
  const until = async (at: number, desk = parts.desk) => {
    for (; clock.at < at; clock.at += SECOND) await desk.tick();
    await desk.tick();
  };
  return { ledger, clock, until, ...parts, parties };
}
/** When (seconds after the release) what went where. */
const sent = (ledger: CalloutLedger) =>
  ledger.deliveries.map(({ createdAt, channel, recipient }) => `${(createdAt - T0) / SECOND} ${channel} ${recipient}`);

describe('the call-out', () => {
  it('climbs to the door at exact times for a household that never answers', async () => {
    const { ledger, until, desk, clock, alarms, withdrawn } = await running();
    clock.at = T0 + 20 * SECOND;
    await desk.hear([reply('13800001001', '1', clock.at)]);
    clock.at = T0 + 30 * SECOND;
    await desk.hear([reply('13800001003', '3 到学校了', clock.at)]);
    await until(T0 + 610 * SECOND);
    expect(sent(ledger).filter((line) => !line.startsWith('20') && !line.startsWith('30 '))).toEqual([
      '60 voice household:c2:householder',
      '120 sms work:k1:monitor',
      '180 sms work:k1:responsible',
      '240 sms duty:1',
      '300 sms duty:0',
      '600 sms work:k1:responsible',
      '600 sms duty:0',
    ]);
    expect(ledger.tasks).toMatchObject([
      { kind: 'door', about: 'household:c2', state: 'to-dispatch', createdAt: toIso(T0 + 300 * SECOND) },
    ]);
    expect(ledger.deliveries.at(-1)?.template.text).toContain('1户未回应：王2');
    expect(alarms.get('silent:public:w1')?.text.zh).toContain('1 户未叫应');
    const [door] = ledger.tasks;
    if (!door) throw new Error('no task');
    const met: Task = {
      ...door,
      state: 'closed',
      outcome: 'visited',
      steps: [...door.steps, { at: toIso(clock.at), by: 'zhang', what: 'visited', to: 'closed' }],
    };
    desk.watch([event('task.changed', met)]);
    await desk.idle();
    expect([...ledger.parties.values()].map(({ ack, ackBy }) => [ack, ackBy?.via])).toEqual([
      ['ack', 'sms'],
      ['visited', 'task'],
      ['safe', 'sms'],
    ]);
    expect(alarms.size).toBe(0);
    expect(withdrawn).toEqual(['household:c2']);
    const before = ledger.entries.length;
    await until(clock.at + 20 * MINUTE);
    expect(ledger.entries.length).toBe(before);
  });

  it('neither repeats nor forgets a step when the station dies between two', async () => {
    const { ledger, clock, until } = await running();
    await until(T0 + 130 * SECOND);
    const before = sent(ledger);
    clock.at = T0 + 250 * SECOND;
    const { desk } = deskOn(ledger, clock);
    await desk.start();
    await until(T0 + 300 * SECOND, desk);
    expect(sent(ledger).slice(before.length)).toEqual(['250 sms work:k1:responsible', '250 sms duty:1', '300 sms duty:0']);
    expect(ledger.tasks).toHaveLength(3);
  });

  it('does a step again that the store did not take', async () => {
    const { ledger, until, desk, clock } = await running();
    await until(T0 + 59 * SECOND);
    ledger.broken = true;
    clock.at = T0 + 60 * SECOND;
    await expect(desk.tick()).rejects.toThrow('away');
    ledger.broken = false;
    await until(T0 + 62 * SECOND);
    expect(ledger.deliveries.filter(({ channel }) => channel === 'voice')).toHaveLength(3);
  });

  it('raises the alarm at once when somebody asks for help, until a person takes it up', async () => {
    const { ledger, desk, clock, alarms } = await running();
    clock.at = T0 + 40 * SECOND;
    await desk.hear([reply('+86 138-0000-1003', '２，老人走不动', clock.at)]);
    expect(alarms.get('help:w1')).toMatchObject({ level: 'red', standing: true });
    expect(alarms.get('help:w1')?.text.zh).not.toContain('王3');
    const [task] = ledger.tasks;
    expect(task).toMatchObject({ kind: 'call-back', about: 'household:c3', dueAt: toIso(clock.at + 3 * MINUTE) });
    expect(sent(ledger)).toEqual([
      '40 sms work:k1:monitor',
      '40 sms work:k1:responsible',
      '40 sms duty:0',
      '40 sms household:c3:householder',
    ]);
    // No message from a phone takes it back.
    await desk.hear([reply('13800001003', '1', clock.at + 1)]);
    expect([...ledger.parties.values()].map(({ ack }) => ack)).toEqual(['none', 'none', 'help']);
    if (!task) throw new Error('no task');
    desk.watch([event('task.changed', { ...task, state: 'checking' } satisfies Task)]);
    await desk.idle();
    expect(alarms.size).toBe(0);
    await desk.note('w1', 'household:c3', { ack: 'safe', via: 'app', by: 'li', at: clock.at });
    expect([...ledger.parties.values()].at(-1)).toMatchObject({ ack: 'safe', ackBy: { via: 'app', by: 'li' }, helpAt: toIso(clock.at) });
  });

  it('keeps every reply once, and writes back to a number once in ten minutes', async () => {
    const { ledger, desk, clock } = await running();
    const twice = reply('13800001001', '1', T0 + 5);
    await desk.hear([twice, twice]);
    await desk.hear([twice, reply('13800001001', '好的', T0 + 6), reply('13511111111', '什么', T0 + 7)]);
    expect(ledger.replies.map(({ meaning, answered, warningId }) => [meaning, answered, warningId])).toEqual([
      ['ack', true, 'w1'],
      ['ack', false, 'w1'],
      ['free-text', false, null],
    ]);
    clock.at = T0 + 11 * MINUTE;
    await desk.hear([reply('13800001001', '0', clock.at)]);
    expect(ledger.replies.at(-1)).toMatchObject({ meaning: 'opt-out', ignored: true, answered: true });
    expect(ledger.parties.values().next().value?.ack).toBe('ack');
    expect(ledger.deliveries.map(({ template }) => template.text.slice(0, 8))).toEqual(['已收到您的回复。', '您的退订意愿已登']);
  });

  it('ends with the warning; a cry for help is heard all the same', async () => {
    const { ledger, desk, until, clock, alarms } = await running();
    await until(T0 + 10 * SECOND);
    desk.watch([warningIs({ public: 'all-clear' })]);
    await desk.idle();
    expect([...ledger.callouts.values()]).toMatchObject([{ endReason: 'withdrawn' }]);
    await until(T0 + 400 * SECOND);
    expect(ledger.deliveries).toEqual([]);
    await desk.hear([reply('13800001002', '救命', clock.at)]);
    expect(alarms.has('help:w1')).toBe(true);
  });

  it('asks everybody again after a rise, but not who is in safety, and still counts who waits for help', async () => {
    const { ledger, desk, clock } = await running({ level: 'orange' });
    await desk.hear([reply('13800001001', '1', T0 + 1), reply('13800001002', '2', T0 + 1), reply('13800001003', '3', T0 + 1)]);
    clock.at = T0 + MINUTE;
    const next = frozen({ version: 2 });
    await ledger.write({ callouts: [next.callout], parties: next.parties });
    desk.watch([warningIs({ public: 'adjusted' })]);
    await desk.idle();
    const acks = [...ledger.parties.values()].filter(({ calloutId }) => calloutId === next.callout.id).map(({ ack }) => ack);
    expect(acks).toEqual(['none', 'help', 'safe']);
    expect([...ledger.callouts.values()].map(({ endReason }) => endReason)).toEqual(['superseded', null]);
  });

  it('takes an answer for the highest warning when the number is called for several', async () => {
    const { ledger, desk } = await running({ level: 'orange' });
    const red = frozen({}, { warning: { id: 'w2', exercise: false, deliver: 'real', divisionCode: '513221' } });
    await ledger.write({ callouts: [red.callout], parties: red.parties });
    desk.watch([
      event('warning.release', {
        id: 'w2',
        state: 'confirmed',
        release: { internal: 'none', public: 'published' },
        releases: { internal: { state: 'none' }, public: { state: 'published', version: 1 } },
      }),
    ]);
    await desk.idle();
    await desk.hear([reply('13800001001', '1', T0 + 1)]);
    expect(ledger.replies[0]).toMatchObject({ warningId: 'w2', ambiguous: true });
  });
});
