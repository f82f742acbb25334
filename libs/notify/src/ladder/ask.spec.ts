import { MINUTE, Settings, toIso } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { T0, testHash } from '../fakes/callout.js';
import { planAsk, type AskInput } from './ask.js';

const roster = [
  { name: '县长', phone: '13700000005', post: 'head' },
  { name: '值班', phone: '13700000001' },
  { name: '局领导', phone: '13700000003', post: 'bureau' },
  { name: '邻县', phone: '13700000006', divisionCode: '513222' },
  { name: '村支书', phone: '13700000007', post: 'village' },
];
const input = (step: number, over: Partial<AskInput> = {}, dutyRoster: object[] = roster): AskInput => ({
  ask: { warningId: 'w1', scope: 'internal', version: 1, what: 'ratify', level: 'red', step, by: toIso(T0 + 30 * MINUTE) },
  warning: { id: 'w1', exercise: false, deliver: 'real' },
  point: { unifiedCode: '5132210001', name: '新磨村2组滑坡', divisionCode: '513221' },
  settings: Settings.parse({ dutyRoster }),
  channels: new Set(['sms', 'voice']),
  now: T0,
  hash: testHash,
  ...over,
});
const asked = (step: number, over?: Partial<AskInput>, dutyRoster?: object[]) =>
  planAsk(input(step, over, dutyRoster)).map(({ channel, recipient }) => `${channel} ${recipient}`);

describe('planAsk', () => {
  it('asks the officer on duty first, then who stands next above, over posts nobody fills, then the last again', () => {
    expect(asked(0)).toEqual(['sms duty:1']);
    expect(asked(1)).toEqual(['sms duty:2', 'voice duty:2']);
    expect(asked(2)).toEqual(['sms duty:0', 'voice duty:0']);
    expect(asked(3)).toEqual(['sms duty:0', 'voice duty:0']);
    expect(asked(1, {}, roster.slice(1, 2))).toEqual(['sms duty:0', 'voice duty:0']);
    expect(asked(1, { channels: new Set(['sms']) })).toEqual(['sms duty:2']);
    expect(asked(0, {}, roster.slice(3))).toEqual([]);
  });

  it('says what waits until when, in the time limit of its level, each asking with ids of its own', () => {
    const [one] = planAsk(input(0));
    expect(one).toMatchObject({ scope: 'internal', kind: 'reminder', priority: 0, deadline: T0 + 3 * MINUTE, address: '13700000001' });
    expect(one?.template.text).toBe('地灾红色预警已按预案发布：新磨村2组。请于15:50前补签或撤销。15:20发布');
    const ids = [0, 1, 2, 3].flatMap((step) =>
      planAsk(input(step, { ask: { ...input(step).ask, by: toIso(T0 + step * MINUTE) } })).map(({ id }) => id),
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(planAsk(input(2)).map(({ id }) => id)).toEqual(planAsk(input(2)).map(({ id }) => id));
    expect(ids.every((id) => id.length <= 15)).toBe(true);
  });

  it('an exercise asks in the words of exercises and reaches nobody it should not', () => {
    const [one] = planAsk(input(0, { warning: { id: 'w1', exercise: true, deliver: 'simulator' } }));
    expect(one).toMatchObject({ deliver: 'simulator', exercise: true });
    expect(one?.template.text).toMatch(/^演练：/);
  });
});
