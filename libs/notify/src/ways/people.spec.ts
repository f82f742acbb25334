import { Settings, type WarningLevel } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { frozen, workCard } from '../fakes/callout.js';
import { peopleOf, type PeopleInput } from './people.js';

const roster = [
  { name: '值班', phone: '13700000001' },
  { name: '分管乡长', phone: '13700000002', post: 'township-leader' },
  { name: '局领导', phone: '13700000003', post: 'bureau' },
  { name: '分管县长', phone: '13700000004', post: 'deputy-head' },
  { name: '县长', phone: '13700000005', post: 'head' },
  { name: '邻县', phone: '13700000006', post: 'head', divisionCode: '513222' },
];
const input = (level: WarningLevel, over: Partial<PeopleInput> = {}, settings: object = {}): PeopleInput => ({
  order: { scope: 'internal', kind: 'warning', level },
  point: { divisionCode: '513221' },
  cards: { workCards: [workCard()], householdCards: [] },
  settings: Settings.parse({ dutyRoster: roster, ...settings }),
  ...over,
});
const who = (given: PeopleInput) => peopleOf(given).map(({ recipient, part }) => (part ? `${recipient} ${part}` : recipient));
const card = ['work:k1:monitor', 'work:k1:responsible'];

describe('who is told inside', () => {
  it('is told from the level of the post on, and nobody of another county', () => {
    expect(who(input('blue'))).toEqual([...card, 'duty:0']);
    expect(who(input('yellow'))).toEqual([...card, 'duty:0', 'duty:1 informed', 'duty:2 informed']);
    expect(who(input('orange')).slice(2)).toEqual(['duty:0', 'duty:1 informed', 'duty:2 informed', 'duty:3 informed']);
    expect(who(input('red')).slice(2)).toContain('duty:4 informed');
    expect(who(input('red')).join()).not.toContain('duty:5');
  });

  it('the division may say otherwise', () => {
    const alert = {
      ...Settings.parse({}).alert,
      told: { head: 'never' },
      divisions: { '5132': { told: { 'deputy-head': 'blue', responsible: 'red' } } },
    };
    expect(who(input('blue', {}, { alert }))).toEqual(['work:k1:monitor', 'duty:0', 'duty:3 informed']);
    expect(who(input('red', {}, { alert })).join()).not.toContain('duty:4');
    expect(who(input('blue', { point: { divisionCode: '610000' } }, { alert }))).toEqual([...card, 'duty:0']);
  });

  it('whoever orders people out is asked to, from orange on, also when it is the responsible person or the monitor', () => {
    const orders = (level: WarningLevel, phone?: string) => {
      const by = phone === undefined ? {} : { evacuationOrderedBy: { name: '周乡长', phone } };
      return who(input(level, { cards: { workCards: [workCard(by)], householdCards: [] } })).filter((one) => one.includes('work:'));
    };
    expect(orders('yellow', '13900000009')).toEqual(card);
    expect(orders('orange', '13900000009')).toEqual([...card, 'work:k1:ordered-by orders']);
    expect(orders('red', '13900000002')).toEqual(['work:k1:monitor orders', 'work:k1:responsible', 'work:k1:ordered-by orders']);
    expect(orders('red')).toEqual(['work:k1:monitor', 'work:k1:responsible orders']);
  });

  it('tells those above on the card, and sends up the slope only who answers for it', () => {
    const chain = [{ post: 'village' as const, name: '村支书', phone: '13900000011' }];
    const cards = { workCards: [workCard({ chain })], householdCards: [] };
    expect(who(input('blue', { cards }))).toContain('work:k1:chain-0');
    const inspect = { order: { scope: 'internal', kind: 'inspect', level: 'red' } as const, cards };
    expect(who(input('red', inspect))).toEqual([...card, 'duty:0']);
  });

  it('of these the call-out chases those who answer for the slope, in the words they were told', () => {
    const cards = { workCards: [workCard({ evacuationOrderedBy: { name: '周乡长', phone: '13900000009' } })], householdCards: [] };
    const { parties } = frozen({ scope: 'internal' }, { cards, settings: Settings.parse({ dutyRoster: roster }) });
    expect(parties.map(({ subject, people }) => [subject, people[0]?.part])).toEqual([
      ['work:k1:monitor', undefined],
      ['work:k1:responsible', undefined],
      ['work:k1:ordered-by', 'orders'],
      ['duty:0', undefined],
    ]);
    const yellow = frozen({ scope: 'internal', level: 'yellow' }, { cards, settings: Settings.parse({ dutyRoster: roster }) });
    expect(yellow.parties.map(({ subject }) => subject)).toEqual(['work:k1:monitor', 'work:k1:responsible', 'duty:0']);
  });
});
