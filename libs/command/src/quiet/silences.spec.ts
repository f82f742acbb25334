import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR, SilenceCreate, toIso } from '#libs/contracts';
import { fakeContext, fakeUser, viewOf, type FakeContext } from '../fakes/fake-context.js';
import { furnish } from '../fakes/fake-county.js';
import { updatePoint } from '../registry/points.js';
import { RegistryIndex } from '../registry/registry-index.js';
import { createSilence, endSilence, listSilences } from './silences.js';

let context: FakeContext;
let point: string;
const duty = fakeUser('li', ['duty']);
const now = () => context.clock.now();
const input = (more: Partial<SilenceCreate> = {}): SilenceCreate => ({
  hazardPoint: point,
  level: 'orange',
  reason: '现场检修',
  until: toIso(now() + 2 * HOUR),
  ...more,
});
const declare = (given = input(), user = duty) => createSilence(context, viewOf(context, user), given);
const holding = () => context.registry.silencesOf(point, now()).map(({ id }) => id);

beforeEach(async () => {
  context = fakeContext();
  await furnish(context, '513221');
  point = [...context.registry.points()][0]?.unifiedCode ?? '';
});

describe('silences', () => {
  it('have an owner, hold at once, and end by themselves', async () => {
    const made = await declare();
    expect(made).toMatchObject({ hazardPoint: point, level: 'orange', owner: 'li', from: toIso(now()), version: 1 });
    expect(holding()).toEqual([made.id]);
    context.clock.time += 2 * HOUR;
    expect(holding()).toEqual([]);
  });

  it('are one entry of record, event and audit line, declared and ended', async () => {
    const { id } = await declare();
    const ended = await endSilence(context, viewOf(context, fakeUser('wang', ['signer'])), id);
    expect(ended).toMatchObject({ endedBy: 'wang', endedAt: toIso(now()), version: 2 });
    expect(holding()).toEqual([]);
    expect(
      context.store.eventRows.map(({ type, divisionCode, payload }) => [type, divisionCode, (payload as { version: number }).version]),
    ).toEqual([
      ['silence.changed', ended.divisionCode, 1],
      ['silence.changed', ended.divisionCode, 2],
    ]);
    const audit = context.store.auditRows.filter(({ action }) => action.startsWith('silence.'));
    expect(audit.map(({ action, actor, object }) => `${actor} ${action} ${object}`)).toEqual([
      `li silence.declared hazard-point:${point}`,
      `wang silence.ended hazard-point:${point}`,
    ]);
    await expect(endSilence(context, viewOf(context, duty), id)).rejects.toMatchObject({ code: 'illegal-transition' });
  });

  it('never speak of red, nor of everything at once', () => {
    expect(SilenceCreate.safeParse({ ...input(), level: 'red' }).success).toBe(false);
    expect(SilenceCreate.safeParse({ level: 'orange', reason: '检修', until: toIso(now() + HOUR) }).success).toBe(false);
    expect(SilenceCreate.safeParse({ hazardPoint: point, level: 'orange', reason: '检修' }).success).toBe(false);
  });

  it.each<[string, () => Partial<SilenceCreate>, string]>([
    ['is over already', () => ({ until: toIso(now()) }), 'invalid-request'],
    ['lasts longer than a day', () => ({ until: toIso(now() + 24 * HOUR + 1) }), 'invalid-request'],
    ['names a rulebook that is not in force', () => ({ rule: 'nobody' }), 'unknown-rulebook'],
  ])('are refused when one %s', async (_, more, code) => {
    await expect(declare(input(more()))).rejects.toMatchObject({ code });
    expect(context.store.silences.rows.size).toBe(0);
  });

  it('are refused at a level the plan tells the households by itself', async () => {
    await updatePoint(context, viewOf(context, fakeUser('admin', ['admin'])), point, { release: { orange: 'immediate' } });
    await expect(declare()).rejects.toMatchObject({
      code: 'invalid-request',
      detail: expect.stringContaining('publishes orange') as string,
    });
    await expect(declare(input({ level: 'yellow' }))).resolves.toMatchObject({ level: 'yellow' });
  });

  it('of a rulebook hold for every point of the user’s area, and no other', async () => {
    const [rule = ''] = context.rulebooks();
    const { id, divisionCode } = await declare(input({ hazardPoint: undefined, rule }), fakeUser('li', ['duty'], '5132'));
    expect(divisionCode).toBe('5132');
    expect(holding()).toEqual([id]);
    await declare(input({ hazardPoint: undefined, rule }), fakeUser('zhao', ['duty'], '99'));
    expect(holding()).toEqual([id]);
  });

  it('are no business of another area', async () => {
    const stranger = fakeUser('zhao', ['duty'], '99');
    await expect(declare(input(), stranger)).rejects.toMatchObject({ code: 'out-of-scope' });
    const { id } = await declare();
    await expect(endSilence(context, viewOf(context, stranger), id)).rejects.toMatchObject({ code: 'out-of-scope' });
    expect((await listSilences(context, viewOf(context, stranger), { limit: 10 })).items).toEqual([]);
    expect((await listSilences(context, viewOf(context, duty), { limit: 10, open: 'true' })).items).toHaveLength(1);
  });

  it('are known after a restart, also how they ended', async () => {
    const kept = await declare();
    const over = await declare();
    await endSilence(context, viewOf(context, duty), over.id);
    const restarted = new RegistryIndex();
    await restarted.load(context.store.registry);
    await restarted.loadSilences(context.store.silences, now());
    expect(restarted.silencesOf(point, now()).map(({ id }) => id)).toEqual([kept.id]);
  });
});
