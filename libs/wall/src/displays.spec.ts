import { describe, expect, it } from 'vitest';
import type { HazardPoint, WallEvent, WallEventDraft } from '#libs/contracts';
import { Displays, type DisplayOrder } from './displays.js';

const clock = { at: 1_000, now: () => clock.at };
const order = (outId: string, over: Partial<DisplayOrder> = {}): DisplayOrder => ({
  outId,
  warning: 'w1',
  site: 'p1',
  level: 'red',
  kind: 'warning',
  exercise: false,
  text: '地灾红色预警',
  validitySeconds: 180,
  ...over,
});
function desk(over: { stored?: WallEvent[]; away?: boolean } = {}) {
  const events: WallEventDraft[] = [];
  const displays = new Displays({
    events: { ofType: () => Promise.resolve(over.stored ?? []) },
    write: async (event) => {
      if (over.away) throw new Error('away');
      if (!events.some(({ id }) => id === event.id)) events.push(event);
    },
    registry: { point: (code) => (code === 'p1' ? ({ divisionCode: '513221' } as HazardPoint) : undefined) },
    connected: (divisionCode) => (divisionCode === '513221' ? 2 : 5),
    clock,
  });
  return { displays, events };
}
const county = { scope: '513221' };

describe('messages to the wall', () => {
  it('are one event each, of their point’s division; without a point everybody’s', async () => {
    const { displays, events } = desk();
    await displays.show(order('d1'));
    await displays.show(order('d1'));
    await displays.show(order('d2', { site: 'gone' }));
    expect(events.map(({ type, divisionCode }) => [type, divisionCode])).toEqual([
      ['warning.display', '513221'],
      ['warning.display', ''],
    ]);
    expect(events[0]?.payload).toMatchObject({ delivery: 'd1', warning: 'w1', level: 'red', text: '地灾红色预警', until: 181_000 });
    expect(displays.find('d1')).toEqual({ shown: false, displays: 2 });
    expect(displays.find('d9')).toBeUndefined();
  });

  it('are in the snapshot of a display that is new, in its scope, until one has painted them', async () => {
    const { displays } = desk();
    await displays.show(order('d1'));
    expect(displays.open('5132').map(({ delivery }) => delivery)).toEqual(['d1']);
    expect(displays.open('5101')).toEqual([]);
    await displays.shown(county, { delivery: 'd1' });
    expect(displays.open('5132')).toEqual([]);
    expect(displays.find('d1')?.shown).toBe(true);
  });

  it('an earlier message of a warning does not come back when the later one is over, nor after a restart', async () => {
    const { displays, events } = desk();
    clock.at = 1_000;
    await displays.show(order('orange', { level: 'orange', validitySeconds: 3_600 }));
    await displays.show(order('other', { warning: 'w2', validitySeconds: 3_600 }));
    await displays.show(order('red'));
    expect(displays.open('').map(({ delivery }) => delivery)).toEqual(['other', 'red']);
    clock.at = 400_000;
    expect(displays.open('').map(({ delivery }) => delivery)).toEqual(['other']);
    const again = desk({ stored: events as WallEvent[] }).displays;
    await again.load();
    expect(again.open('').map(({ delivery }) => delivery)).toEqual(['other']);
    clock.at = 1_000;
  });

  it('are told on once, and are open again when that could not be kept', async () => {
    const { displays } = desk();
    await displays.show(order('d1'));
    const told: string[] = [];
    const stop = displays.listen(() => Promise.reject(new Error('away')));
    await expect(displays.shown(county, { delivery: 'd1' })).rejects.toThrow('away');
    expect(displays.find('d1')?.shown).toBe(false);
    stop();
    displays.listen(async (outId) => void told.push(outId));
    await displays.shown(county, { delivery: 'd1' });
    await displays.shown(county, { delivery: 'd1' });
    expect(told).toEqual(['d1']);
  });

  it('can’t be said to be shown by who was not asked to', async () => {
    const { displays } = desk();
    await displays.show(order('d1'));
    for (const [user, given] of [
      [{ scope: '5101' }, { delivery: 'd1' }],
      [county, { delivery: 'd9' }],
    ] as const)
      await expect(displays.shown(user, given)).rejects.toMatchObject({ code: 'not-found' });
    await expect(displays.shown(county, 7)).rejects.toThrow();
    expect(displays.find('d1')?.shown).toBe(false);
  });

  it('that could not be kept were not published', async () => {
    const { displays } = desk({ away: true });
    await expect(displays.show(order('d1'))).rejects.toThrow('away');
    expect(displays.find('d1')).toBeUndefined();
  });

  it('are taken up after a restart while they are worth painting', async () => {
    const { displays: before, events } = desk();
    await before.show(order('d1'));
    await before.show(order('old', { warning: 'w2', validitySeconds: 0 }));
    clock.at += 1;
    const { displays } = desk({ stored: events.map((event, n) => ({ ...event, seq: n + 1 })) });
    await displays.load();
    expect(displays.open('').map(({ delivery }) => delivery)).toEqual(['d1']);
  });
});
