import { beforeEach, describe, expect, it } from 'vitest';
import { toIso, type HouseholdCard } from '#libs/contracts';
import { fakeContext, fakeUser, viewOf, type FakeContext } from '../fakes/fake-context.js';
import { furnish } from '../fakes/fake-county.js';
import type { ScopedView } from '../identity/scope.js';
import { changeCard, getCard, issueCard, listCardVersions, signCard, withdrawCard } from './life.js';

let context: FakeContext;
let keeper: ScopedView;
let card: HouseholdCard;

beforeEach(async () => {
  context = fakeContext();
  await furnish(context, '513221');
  keeper = viewOf(context, fakeUser('keeper', ['card-keeper']));
  const [first] = context.store.householdCardRows;
  if (!first) throw new Error('no card in the county');
  card = first;
});

describe('a card', () => {
  it('is a draft until it is handed out, and signed when its holder has signed for this issue', async () => {
    expect((await getCard(context, keeper, 'household', card.id)).state).toBe('draft');
    await expect(signCard(context, keeper, 'household', card.id, undefined)).rejects.toMatchObject({ code: 'illegal-transition' });
    const issued = await issueCard(context, keeper, 'household', card.id, '2026-11-20');
    expect(issued).toMatchObject({ state: 'issued', issuedOn: '2026-11-20', issue: { version: 2, on: '2026-11-20', by: 'keeper' } });
    await expect(signCard(context, keeper, 'household', card.id, '2026-11-19')).rejects.toThrow(/2026-11-20/);
    await expect(issueCard(context, keeper, 'household', card.id, '2027-01-01')).rejects.toMatchObject({ code: 'invalid-request' });
    expect(await signCard(context, keeper, 'household', card.id, undefined)).toMatchObject({ state: 'signed', signedOn: '2026-11-21' });
  });

  it('is stale when what people hold is wrong, no longer when it is changed back, and anew when it is handed out again', async () => {
    await issueCard(context, keeper, 'household', card.id, undefined);
    await signCard(context, keeper, 'household', card.id, undefined);
    const moved = await changeCard(context, keeper, 'household', card.id, { version: 3, phone: '13900000099', notes: '靠里屋睡' });
    expect(moved).toMatchObject({ state: 'stale', stale: ['phone'], version: 4 });
    await expect(signCard(context, keeper, 'household', card.id, undefined)).rejects.toMatchObject({ code: 'illegal-transition' });
    expect(await changeCard(context, keeper, 'household', card.id, { version: 4, phone: card.phone })).toMatchObject({ state: 'signed' });
    await changeCard(context, keeper, 'household', card.id, { version: 5, evacuationRoute: '沿河向西' });
    const again = await issueCard(context, keeper, 'household', card.id, undefined);
    expect(again).toMatchObject({ state: 'issued', stale: [] });
    expect(again.signedOn).toBeUndefined();
  });

  it('shows a number that is out of service, is stale by it, and no longer once it carries another', async () => {
    const since = context.clock.now() - 1000;
    context.store.numbers.dead.push({ phone: card.phone, since, provider: 'alicloud', code: 'MOBILE_NOT_ON_SERVICE', delivery: 'd1' });
    expect((await getCard(context, keeper, 'household', card.id)).state).toBe('draft');
    const issued = await issueCard(context, keeper, 'household', card.id, undefined);
    const flag = { field: 'phone', since: toIso(since), provider: 'alicloud', code: 'MOBILE_NOT_ON_SERVICE', delivery: 'd1' };
    expect(issued).toMatchObject({ state: 'stale', stale: [], outOfService: [flag] });
    const viewer = viewOf(context, fakeUser('viewer', ['viewer']));
    expect(await getCard(context, viewer, 'household', card.id)).toMatchObject({ phone: '139****0011', outOfService: [flag] });
    await changeCard(context, keeper, 'household', card.id, { version: 2, phone: '13900000099' });
    const mended = await issueCard(context, keeper, 'household', card.id, undefined);
    expect(mended.state).toBe('issued');
    expect(mended.outOfService).toBeUndefined();
    expect(context.store.householdCardRows.some((row) => 'outOfService' in row)).toBe(false);
  });

  it('is not changed by who has read an older version', async () => {
    await changeCard(context, keeper, 'household', card.id, { version: 1, memberCount: 5 });
    await expect(changeCard(context, keeper, 'household', card.id, { version: 1, memberCount: 6 })).rejects.toMatchObject({
      code: 'version-conflict',
    });
  });

  it('tells nobody any more when it is withdrawn, and can only be read', async () => {
    expect(await withdrawCard(context, keeper, 'household', card.id, { reason: '搬迁' })).toMatchObject({ state: 'withdrawn' });
    expect((await context.store.cards.cardsOf(card.hazardPoint)).householdCards).toEqual([]);
    await expect(issueCard(context, keeper, 'household', card.id, undefined)).rejects.toMatchObject({ code: 'illegal-transition' });
    expect((await getCard(context, keeper, 'household', card.id)).state).toBe('withdrawn');
  });

  it('keeps every version with its author, and says in the log who read it and who changed it', async () => {
    await changeCard(context, keeper, 'household', card.id, { version: 1, memberCount: 5 });
    const { items } = await listCardVersions(context, keeper, 'household', card.id, { limit: 10 });
    expect(items.map(({ version, changedBy, card: then }) => [version, changedBy, then.memberCount])).toEqual([
      [2, 'keeper', 5],
      [1, 'founder', 4],
    ]);
    expect(context.store.auditRows.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['household-card.changed', 'personal-data.read']),
    );
  });

  it('is not seen from another county, and masked for who may not read names', async () => {
    const stranger = viewOf(context, fakeUser('stranger', ['card-keeper'], '5133'));
    await expect(getCard(context, stranger, 'household', card.id)).rejects.toMatchObject({ code: 'out-of-scope' });
    const viewer = viewOf(context, fakeUser('viewer', ['viewer']));
    expect(await getCard(context, viewer, 'household', card.id)).toMatchObject({ householder: '王**', phone: '139****0011' });
    const { items } = await listCardVersions(context, viewer, 'household', card.id, { limit: 10 });
    expect(JSON.stringify(items)).not.toContain('13900000011');
  });
});
