import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Settings, type DeliveryChannel, type MessageKind, type WarningLevel } from '#libs/contracts';
import { groupsOf } from './groups.js';
import { planDeliveries, type PlanInput } from './plan.js';

const settings = Settings.parse({
  dutyRoster: [
    { name: '值班', phone: '13800000003' },
    { name: '副班', phone: '13800000004' },
  ],
});
const base: PlanInput = {
  order: { scope: 'internal', kind: 'warning', level: 'orange', version: 1 },
  warning: { id: 'w1', exercise: false, deliver: 'real' },
  point: { name: '石碑村3组滑坡', kind: 'landslide', threatenedPeople: 42 },
  cards: { workCards: [], householdCards: [] },
  settings,
  channels: new Set<DeliveryChannel>(['sms', 'voice']),
  groups: groupsOf(settings.channels, new Set()),
  now: Date.parse('2026-07-01T23:20:00+08:00'),
  hash: (...parts) => createHash('sha256').update(parts.join('\u001f')).digest('hex'),
};
const plan = (over: Partial<PlanInput> = {}) => planDeliveries({ ...base, ...over });
const order = (level: WarningLevel, kind: MessageKind = 'warning', version = 1) => ({ scope: 'internal', kind, level, version }) as const;

describe('the wall', () => {
  const wall = (level: WarningLevel, kind?: MessageKind, over: Partial<PlanInput> = {}) =>
    plan({ order: order(level, kind), ...over }).find(({ channel }) => channel === 'wall');

  it('is told every message at once, at night too, in the words of the people on duty', () => {
    for (const level of ['blue', 'yellow', 'orange', 'red'] as const)
      expect(wall(level)).toMatchObject({ address: 'wall:centre', role: 'duty', level, notBefore: base.now });
    expect(wall('red', 'inspect')).toBeUndefined();
  });

  it('that stays dark at orange is followed by a call to those on duty, one after another', () => {
    expect(wall('orange')?.alternatives).toMatchObject([
      { recipient: 'duty:0', channel: 'voice', address: '13800000003', step: 1 },
      { recipient: 'duty:1', channel: 'voice', address: '13800000004', step: 1 },
    ]);
  });

  it('calls nobody who was called with the message, nobody for less, nobody because it is over, and nobody without a telephone', () => {
    for (const one of [wall('red'), wall('yellow'), wall('orange', 'all-clear'), wall('orange', 'warning', { channels: new Set(['sms']) })])
      expect(one?.alternatives).toEqual([]);
  });
});

describe('groups that were told', () => {
  const robot = { recipient: 'robot:duty', role: 'responsible', address: 'robot:duty', group: 'robot' } as const;
  const told = (over: Partial<PlanInput>) =>
    plan({ groups: [], ...over }).flatMap(({ channel, address, kind }) =>
      channel === 'sms' || channel === 'voice' ? [] : [`${channel} ${address} ${kind}`],
    );

  it('hear that it is over when nobody tells them from the settings any more', () => {
    expect(told({ order: order('orange', 'all-clear', 2), former: [robot] })).toEqual(['robot robot:duty all-clear']);
    expect(told({ order: order('orange', 'adjust', 2), former: [robot] })).toEqual(['robot robot:duty adjust']);
  });

  it('hear it once when they are still there, also below the level from which they are told', () => {
    const groups = [
      { recipient: 'robot:duty', channel: 'robot', address: 'robot:duty', role: 'responsible', scope: 'internal', from: 'orange' },
    ] as const;
    for (const level of ['red', 'yellow'] as const)
      expect(told({ groups, order: order(level, 'all-clear', 3), former: [robot] })).toEqual(['robot robot:duty all-clear']);
  });

  it('are not sent to look at a slope, and never written to as if they were people', () => {
    expect(
      plan({ groups: [], order: order('orange', 'inspect', 2), former: [robot] }).filter(({ address }) => address === 'robot:duty'),
    ).toEqual([]);
    const mail = { recipient: 'email:0', role: 'responsible', address: 'was@county.example', group: 'email' } as const;
    const groups = [
      { recipient: 'email:0', channel: 'email', address: 'is@county.example', role: 'responsible', scope: 'internal', from: 'blue' },
    ] as const;
    const both = plan({ groups, order: order('orange', 'all-clear', 2), former: [mail] }).filter(({ channel }) => channel === 'email');
    expect(both.map(({ address }) => address)).toEqual(['is@county.example', 'was@county.example']);
    expect(new Set(both.map(({ id }) => id)).size).toBe(2);
  });
});
