import { createHash } from 'node:crypto';
import { Settings, type DeliveryChannel, type HouseholdCard, type WorkCard } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { deliveryDeadlineMs } from './intent.js';
import { planDeliveries, planInSlices, type PlanInput } from './plan.js';
import type { GroupWay } from './channels.js';

const stored = { version: 1, createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:00Z', hazardPoint: '513221010001' };
const way = { evacuationRoute: '2号路线', shelter: '村小学' };
const household = (id: string, phone: string): HouseholdCard => ({
  ...stored,
  ...way,
  id,
  phone,
  householder: '户主',
  address: '石碑村',
  memberCount: 4,
  members: [],
});
const workCard: WorkCard = {
  ...stored,
  ...way,
  id: 'c1',
  signal: '敲锣',
  responsible: { name: '责任人', phone: '13800000001' },
  monitor: { name: '监测员', phone: '13800000002' },
};
const now = Date.parse('2026-07-01T07:20:00Z');
const base: PlanInput = {
  order: { scope: 'public', kind: 'warning', level: 'red', version: 1 },
  warning: { id: 'w1', exercise: false, deliver: 'real' },
  point: { name: '石碑村3组滑坡', kind: 'landslide', threatenedPeople: 42 },
  cards: {
    workCards: [workCard],
    householdCards: [household('h2', '+8613900000002'), household('h1', '13900000001'), household('h3', '139 0000 0002')],
  },
  settings: Settings.parse({ dutyRoster: [{ name: '值班', phone: '13800000003' }] }),
  now,
  hash: (...parts) => createHash('sha256').update(parts.join('\u001f')).digest('hex'),
};
const plan = (over: Partial<PlanInput> = {}) => planDeliveries({ ...base, ...over });

describe('planDeliveries', () => {
  it('tells each household once, by its card, one message a number', () => {
    const [first, second, ...rest] = plan();
    expect(rest).toEqual([]);
    expect(first).toMatchObject({
      recipient: 'household:h1:householder',
      address: '13900000001',
      priority: 0,
      deliver: 'real',
      deadline: now + 180_000,
    });
    expect(first?.template.text).toContain('立即沿2号路线撤到村小学');
    expect(second).toMatchObject({ recipient: 'household:h2:householder', address: '13900000002' });
  });

  it('tells monitor, responsible person and duty of an internal release', () => {
    const told = plan({ order: { scope: 'internal', kind: 'inspect', level: 'red', version: 1 } });
    expect(told.map(({ role, address }) => [role, address])).toEqual([
      ['monitor', '13800000002'],
      ['responsible', '13800000001'],
      ['duty', '13800000003'],
    ]);
    for (const { template } of told) expect(template.text).toMatch(/^地灾核查：石碑村3组达红色阈值/);
  });

  it('plans the same deliveries for the same order, and others for the next version', () => {
    const ids = (version: number, cards = base.cards) => plan({ order: { ...base.order, version }, cards }).map(({ id }) => id);
    const shuffled = { ...base.cards, householdCards: [...base.cards.householdCards].toReversed() };
    expect(ids(1)).toEqual(plan({ now: now + 5_000 }).map(({ id }) => id));
    expect(ids(1)).toEqual(ids(1, shuffled));
    expect(ids(2).some((id) => ids(1).includes(id))).toBe(false);
    for (const intent of plan()) expect(intent.outId).toMatch(/^d[0-9a-z]{1,13}$/);
  });

  it('a drill goes to the simulator unless it says real, in drill texts', () => {
    const [drill] = plan({ warning: { id: 'w1', exercise: true, deliver: 'simulator' } });
    expect(drill).toMatchObject({ deliver: 'simulator', exercise: true });
    expect(drill?.template.text).toMatch(/^演练：/);
    expect(plan({ warning: { id: 'w1', exercise: true, deliver: 'real' } })[0]?.deliver).toBe('real');
    expect(plan({ warning: { id: 'w1', exercise: false, deliver: 'simulator' } })[0]?.deliver).toBe('real');
  });

  it('lets an all-clear take its time and stand behind every red', () => {
    const [clear] = plan({ order: { scope: 'public', kind: 'all-clear', level: 'red', version: 2 } });
    expect(clear?.priority).toBe(1);
    expect((clear?.deadline ?? 0) - now).toBeGreaterThan(deliveryDeadlineMs.red);
  });

  it.each(['red', 'orange', 'yellow', 'blue'] as const)('%s has its own urgency', (level) => {
    const [one] = plan({ order: { scope: 'public', kind: 'warning', level, version: 1 } });
    expect(one?.priority).toBe(['red', 'orange', 'yellow', 'blue'].indexOf(level));
    expect((one?.deadline ?? 0) - now).toBe(deliveryDeadlineMs[level]);
  });

  it('never sends a household to inspect', () => {
    expect(plan({ order: { scope: 'public', kind: 'inspect', level: 'red', version: 1 } })).toEqual([]);
  });
});

describe('ways', () => {
  const voice = new Set<DeliveryChannel>(['sms', 'voice']);
  const ways = (over: Partial<PlanInput>) => plan({ channels: voice, ...over }).map(({ channel, recipient }) => `${channel} ${recipient}`);

  it('red is written and called at once, every other level is written', () => {
    expect(ways({})).toEqual([
      'sms household:h1:householder',
      'voice household:h1:householder',
      'sms household:h2:householder',
      'voice household:h2:householder',
    ]);
    expect(ways({ order: { ...base.order, level: 'orange' } })).toEqual(['sms household:h1:householder', 'sms household:h2:householder']);
    expect(ways({ order: { ...base.order, kind: 'all-clear' } }).join()).not.toContain('voice');
    expect(plan().map(({ channel }) => channel)).toEqual(['sms', 'sms']);
  });

  it('a call says what the message says, with keys to press', () => {
    const call = plan({ channels: voice }).find(({ channel }) => channel === 'voice');
    expect(call?.template.text).toMatch(/立即沿2号路线撤到村小学，勿返回取物。.*按1确认收到，按2需要帮助$/);
    expect(call?.outId.length).toBeLessThanOrEqual(15);
  });

  it('groups hear of their scope from their level on, in words without anybody’s route', () => {
    const groups: GroupWay[] = [
      { recipient: 'robot:a', channel: 'robot', address: 'a', role: 'duty', scope: 'internal', from: 'yellow' },
      { recipient: 'broadcast:b', channel: 'broadcast', address: 'b', role: 'household', scope: 'public', from: 'orange' },
    ];
    const heard = (level: 'red' | 'yellow' | 'blue', scope: 'internal' | 'public') =>
      plan({ groups, order: { scope, kind: 'warning', level, version: 1 } }).filter(({ channel }) => channel !== 'sms');
    expect(heard('red', 'public')).toMatchObject([{ recipient: 'broadcast:b', address: 'b', role: 'household' }]);
    expect(heard('red', 'public')[0]?.template.text).not.toContain('2号路线');
    expect(heard('yellow', 'public')).toEqual([]);
    expect(heard('yellow', 'internal')).toMatchObject([{ recipient: 'robot:a' }]);
    expect(heard('blue', 'internal')).toEqual([]);
  });

  it('red and orange have what to try next: the plain text, a call, the next number on the card; yellow only the text', () => {
    const members = [{ name: '儿子', phone: '13900000009' }, { name: '孙子' }];
    const householdCards = [{ ...household('h1', '13900000001'), members }];
    const next = (level: 'red' | 'orange' | 'yellow') =>
      plan({ channels: voice, order: { ...base.order, level }, cards: { workCards: [], householdCards } })[0]?.alternatives?.map(
        ({ channel, recipient, address }) => `${channel} ${recipient.split(':')[2]} ${address}`,
      );
    expect(next('orange')).toEqual([
      'sms householder 13900000001',
      'voice householder 13900000001',
      'sms member-1 13900000009',
      'voice member-1 13900000009',
    ]);
    expect(next('red')).toEqual(['sms householder 13900000001', 'sms member-1 13900000009', 'voice member-1 13900000009']);
    expect(next('yellow')).toEqual(['sms householder 13900000001']);
  });

  it('blue waits for the morning and then has its whole time; the same words at another hour are the same content', () => {
    const at = Date.parse('2026-07-01T23:30:00+08:00');
    const order = { scope: 'internal', kind: 'warning', level: 'blue', version: 1 } as const;
    const [night] = plan({ order, now: at });
    expect(night?.notBefore).toBe(Date.parse('2026-07-02T07:00:00+08:00'));
    expect(night?.deadline).toBe((night?.notBefore ?? 0) + 12 * 3_600_000);
    expect(plan({ order })[0]?.content).toBe(night?.content);
    expect(plan({ order: { ...order, level: 'yellow' } })[0]?.content).not.toBe(night?.content);
  });

  it('ten thousand households are planned in slices, each giving way to others', async () => {
    const householdCards = Array.from({ length: 10_000 }, (_, n) => household(`h${n}`, `139${String(n).padStart(8, '0')}`));
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 0);
    const planned = await planInSlices({ ...base, channels: voice, cards: { workCards: [], householdCards } });
    clearInterval(counting);
    expect(planned).toHaveLength(20_000);
    expect(new Set(planned.map(({ outId }) => outId)).size).toBe(20_000);
    expect(turns).toBeGreaterThan(5);
  });

  it('tells whoever was told before, also at a number no card names any more, each number once', () => {
    const former = [
      { recipient: 'household:gone:householder', role: 'household' as const, address: '13900000009' },
      { recipient: 'household:h1:householder', role: 'household' as const, address: '13700000001' },
      { recipient: 'household:h2:householder', role: 'household' as const, address: '13900000002' },
    ];
    const told = plan({ order: { scope: 'public', kind: 'all-clear', level: 'red', version: 2 }, former });
    expect(told.map(({ address }) => address)).toEqual(['13900000001', '13900000002', '13900000009', '13700000001']);
    expect(told[2]).toMatchObject({ recipient: 'household:gone:householder', kind: 'all-clear' });
    expect(told[3]?.recipient).toMatch(/^household:h1:householder:former-/);
    expect(new Set(told.map(({ id }) => id)).size).toBe(4);
    expect(plan({ order: { scope: 'internal', kind: 'inspect', level: 'red', version: 2 }, former })).toHaveLength(3);
  });

  it('says of a message that lapsed that it is no all-clear, and lets it arrive late', () => {
    const [expired] = plan({ order: { scope: 'public', kind: 'expired', level: 'red', version: 2 } });
    expect(expired?.template.text).toContain('未接到解除通知前请勿返回');
    expect(expired).toMatchObject({ priority: 1, deadline: now + 7_200_000 });
  });
});
