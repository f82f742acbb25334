import { beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, toIso, type WarningRecord } from '#libs/contracts';
import { fakeContext, fakeUser, viewOf, type FakeContext } from '../fakes/fake-context.js';
import { furnish } from '../fakes/fake-county.js';
import { createIncident, listIncidents, warningKpis } from './warnings.js';
import { warningFigures } from './warning-figures.js';

let context: FakeContext;
let point: string;
let now: number;
let template: WarningRecord;
const duty = () => viewOf(context, fakeUser('li', ['duty']));
beforeEach(async () => {
  context = fakeContext();
  ({ point } = await furnish(context, '513221'));
  now = context.clock.now();
  const [first] = context.store.warningRows.splice(0);
  if (!first) throw new Error('no warning in the county');
  template = first;
});
let made = 0;
function warned(hoursAgo: number, more: Partial<WarningRecord> = {}): void {
  const openedAt = toIso(now - hoursAgo * HOUR);
  made += 1;
  const expiresAt = toIso(now - hoursAgo * HOUR + DAY);
  context.store.warningRows.push({ ...template, id: `w${made}`, openedAt, confirmedAt: openedAt, expiresAt, ...more });
}
const closed = (type: number, hoursAgo: number): Partial<WarningRecord> => {
  const at = toIso(now - hoursAgo * HOUR);
  return { state: 'closed', endedAt: at, disposal: { type, by: 'li', at } };
};
const kpis = (from = now - 30 * DAY) => warningKpis(context, duty(), { from, to: now });

describe('what warnings were worth', () => {
  it('counts false alarms of what was disposed, and what was handled before its validity ended; exercises are no warnings', async () => {
    warned(100, closed(0, 99));
    warned(90, closed(3, 89));
    warned(80, closed(2, 10));
    warned(70, closed(4, 69));
    warned(60, { state: 'expired', endedAt: toIso(now) });
    warned(50, { exercise: true, ...closed(0, 49) });
    const { confirmedAt: _, ...candidate } = { ...template, id: 'c', openedAt: toIso(now - 40 * HOUR), state: 'candidate' as const };
    context.store.warningRows.push({ ...candidate, peak: 'orange' });
    const figures = await kpis();
    expect(figures).toMatchObject({
      opened: 6,
      candidates: 1,
      byLevel: { red: 5, orange: 1 },
      disposed: 4,
      byDisposal: { 0: 1, 1: 0, 2: 1, 3: 1, 4: 1 },
      undisposed: 1,
      falseAlarms: { value: 0.5, count: 2, of: 4 },
      handledInTime: { count: 3, of: 6 },
    });
    expect(figures.falseAlarms.from).toBeCloseTo(0.15, 2);
    expect(figures.falseAlarms.to).toBeCloseTo(0.85, 2);
  });

  it('a disaster nobody was warned of is missed; of another the time from its confirmation counts, also of a warning opened earlier', async () => {
    const happened = (hoursAgo: number) =>
      createIncident(context, duty(), { hazardPoint: point, occurredAt: toIso(now - hoursAgo * HOUR), text: '滑坡下滑' });
    await happened(500);
    warned(300, { state: 'confirmed' });
    await happened(297);
    warned(100, closed(3, 90));
    await happened(80);
    const figures = await kpis();
    expect(figures.missed).toMatchObject({ value: 1 / 3, count: 1, of: 3 });
    expect(figures.leadSeconds.shortest).toBe(3 * 3600);
    expect((await kpis(now - 81 * HOUR)).missed).toMatchObject({ count: 0, of: 1 });
    expect((await listIncidents(context, duty(), { limit: 10 })).items).toHaveLength(3);
    expect(context.store.auditRows.filter(({ action }) => action === 'incident.entered')).toHaveLength(3);
  });

  it('says nothing of nothing, and refuses what is to come, what goes backwards and other areas', async () => {
    expect(warningFigures([], [], [])).toMatchObject({ falseAlarms: { value: null, of: 0 }, leadSeconds: { median: null } });
    await expect(createIncident(context, duty(), { hazardPoint: point, occurredAt: toIso(now + 1), text: '滑坡' })).rejects.toMatchObject({
      code: 'invalid-request',
    });
    await expect(warningKpis(context, duty(), { from: now, to: now })).rejects.toMatchObject({ code: 'invalid-request' });
    const stranger = viewOf(context, fakeUser('x', ['duty'], '99'));
    await expect(warningKpis(context, stranger, { from: 0, to: now, division: '513221' })).rejects.toMatchObject({ code: 'out-of-scope' });
    expect((await warningKpis(context, stranger, { from: 0, to: now })).opened).toBe(0);
  });
});
