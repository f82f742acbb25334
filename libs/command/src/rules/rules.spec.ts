import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR, MAX_SHADOWS, Problem, toIso, type DryRunView, type RuleActivationView } from '#libs/contracts';
import { parseRulebook, rulebookVersion } from '#libs/evaluate';
import { packageRoot, sha256 } from '#libs/platform';
import { carryOut } from '../operation/carry-out.js';
import { fakeContext, fakeUser, type FakeContext } from '../fakes/fake-context.js';
import { furnish } from '../fakes/fake-county.js';
import { previousVersion } from './previous-version.js';

const shipped = readFileSync(path.join(packageRoot(), 'alert-rules/reference.rules.yaml'), 'utf8');
const draft = shipped.replace('blue: 5 mm', 'blue: 4 mm');
const versionOf = (text: string): string => rulebookVersion(text, sha256);

let context: FakeContext;
let hazardPoint: string;
beforeEach(async () => {
  context = fakeContext();
  ({ point: hazardPoint } = await furnish(context, '513221'));
  const point = context.registry.point(hazardPoint);
  if (point) context.registry.putPoint({ ...point, rulebook: 'reference' });
  const released = { rulebook: 'reference', version: versionOf(shipped), text: shipped, author: 'release', reason: 'file', createdAt: 1 };
  await context.store.rules.insert(released);
  await context.store.rules.activate({ ...released, instead: null, kind: 'release', by: 'release', at: 1, dryRun: null, forced: false });
});

const users = {
  author: fakeUser('author', ['rule-author']),
  both: fakeUser('both', ['rule-author', 'signer']),
  signer: fakeUser('signer', ['signer']),
  admin: fakeUser('admin', ['admin']),
  neighbour: fakeUser('neighbour', ['rule-author', 'signer'], '5132'),
};
const call = <T>(who: keyof typeof users, id: Parameters<typeof carryOut>[1], body?: unknown, params: Record<string, string> = {}) =>
  carryOut(context, id, {
    params: { id: 'reference', version: versionOf(draft), ...params },
    query: {},
    body,
    address: '::1',
    session: { token: 't', expiresAt: 0, user: users[who] },
  }) as Promise<T>;
const code = (asked: Promise<unknown>) =>
  asked.then(
    () => 'ok',
    (error: unknown) => (error instanceof Problem ? error.code : error),
  );
const write = (who: keyof typeof users = 'author') => call(who, 'createRule', { text: draft, reason: '更灵敏' });
/** As the evaluate stage would have finished it. */
const finish = async ({ id }: DryRunView) => context.store.dryRuns.finish(id, context.clock.now(), { items: [] });
const activation = { version: versionOf(draft), reason: '可以' };

describe('a version', () => {
  it('is what its text says, whoever sends it and whatever header an export put before it', async () => {
    await write();
    expect(await code(call('both', 'createRule', { text: `#= author: x\n${draft}`, reason: '同一内容' }))).toBe('already-exists');
    expect(
      await code(call('author', 'createRuleVersion', { text: draft.replace('rulebook: reference', 'rulebook: other'), reason: '别的' })),
    ).toBe('invalid-rulebook');
  });

  it('that is no rulebook says where', async () => {
    const refused = await call('author', 'createRule', { text: draft.replace('cooldown: 0 min', 'cooldown: 0'), reason: '试' }).catch(
      (e: Problem) => e,
    );
    expect(refused).toMatchObject({ code: 'invalid-rulebook', status: 422, extra: { faults: [{ line: expect.any(Number) as number }] } });
    const bomb = 'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n';
    expect(await code(call('author', 'createRule', { text: bomb, reason: '试' }))).toBe('invalid-rulebook');
  });

  it('is written for the whole station only', async () => {
    expect(await code(call('neighbour', 'createRule', { text: draft, reason: '邻县' }))).toBe('forbidden');
  });
});

describe('activation', () => {
  it('rests on a dry run of this text against what is in force, by someone who did not write it', async () => {
    await write('both');
    expect(await code(call('both', 'activateRule', activation))).toBe('forbidden');
    expect(await code(call('signer', 'activateRule', activation))).toBe('illegal-transition');
    await finish(await call<DryRunView>('author', 'dryRunRule', { version: activation.version }));
    expect(await call('signer', 'activateRule', activation)).toMatchObject({ active: true, activatedBy: 'signer' });
    expect((await context.store.rules.active()).map((version) => version.version)).toEqual([activation.version]);
    expect(context.store.auditRows.at(-1)).toMatchObject({ action: 'rule.activated', actor: 'signer', detail: { forced: false } });
  });

  it('a dry run against another version than the one in force does not count', async () => {
    await write();
    await finish(await call<DryRunView>('author', 'dryRunRule', { version: activation.version }));
    const third = { text: shipped.replace('blue: 5 mm', 'blue: 3 mm'), reason: '第三版' };
    const { version } = await call<{ version: string }>('author', 'createRule', third);
    await call('signer', 'activateRule', { version, reason: '紧急', force: true });
    expect(await code(call('signer', 'activateRule', activation))).toBe('illegal-transition');
  });

  it('may be forced, which is on record', async () => {
    await write();
    await call('signer', 'activateRule', { ...activation, force: true });
    const { items } = await call<{ items: RuleActivationView[] }>('author', 'listRuleActivations');
    expect(items[0]).toMatchObject({ forced: true, dryRun: null, by: 'signer', kind: 'activate' });
  });

  it('is refused for a version that leaves out a point it would judge', async () => {
    const narrow = shipped.replace(/kinds: \[[^\]]*\]/, 'kinds: [tailings-pond]');
    const { version } = await call<{ version: string }>('author', 'createRule', { text: narrow, reason: '尾矿库专用' });
    await finish(await call<DryRunView>('author', 'dryRunRule', { version }));
    expect(await code(call('signer', 'activateRule', { version, reason: '启用' }))).toBe('rulebook-scope');
  });

  it('leaves what is in force when someone else was faster', async () => {
    await write();
    const active = context.store.rules.active;
    await finish(await call<DryRunView>('author', 'dryRunRule', { version: activation.version }));
    const { activate } = context.store.rules;
    context.store.rules.activate = async (one) => activate({ ...one, instead: 'what was there before' });
    expect(await code(call('signer', 'activateRule', activation))).toBe('version-conflict');
    expect((await active()).map((version) => version.version)).toEqual([versionOf(shipped)]);
  });
});

describe('rollback', () => {
  it('goes back step by step, and not to and fro', () => {
    const history = (...steps: [string, RuleActivationView['kind']][]) =>
      previousVersion(steps.map(([version, kind]) => ({ version, kind })).toReversed());
    expect(history()).toBeUndefined();
    expect(history(['a', 'release'])).toBeUndefined();
    expect(history(['a', 'release'], ['b', 'activate'])).toBe('a');
    expect(history(['a', 'release'], ['b', 'activate'], ['c', 'activate'], ['b', 'rollback'])).toBe('a');
    expect(history(['a', 'release'], ['b', 'activate'], ['a', 'rollback'])).toBeUndefined();
    expect(history(['a', 'release'], ['b', 'activate'], ['a', 'rollback'], ['b', 'activate'])).toBe('a');
  });
});

describe('a shadow', () => {
  const shadow = (more: object = {}) =>
    call('author', 'shadowRule', { version: activation.version, reason: '看看', until: toIso(context.clock.now() + HOUR), ...more });

  it('has an end in sight, runs once, and ends when its version comes into force', async () => {
    await write();
    expect(await code(shadow({ until: toIso(context.clock.now() - 1) }))).toBe('invalid-request');
    expect(await code(shadow({ until: toIso(context.clock.now() + 32 * 24 * HOUR) }))).toBe('invalid-request');
    expect(await code(shadow({ version: versionOf(shipped) }))).toBe('illegal-transition');
    expect(await code(shadow())).toBe('ok');
    expect(await code(shadow())).toBe('illegal-transition');
    await call('signer', 'activateRule', { ...activation, force: true });
    expect(context.store.shadows.rows[0]).toMatchObject({ end: 'activated', endedBy: 'signer' });
    expect(await code(call('author', 'stopRuleShadow', { version: activation.version, reason: '够了' }))).toBe('illegal-transition');
  });

  it(`is one of ${MAX_SHADOWS} at most`, async () => {
    for (let blue = 1; blue <= MAX_SHADOWS + 1; blue += 1) {
      const text = shipped.replace('blue: 5 mm', `blue: ${blue / 10} mm`);
      const { version } = await call<{ version: string }>('author', 'createRule', { text, reason: `第${blue}版` });
      expect(await code(shadow({ version }))).toBe(blue <= MAX_SHADOWS ? 'ok' : 'illegal-transition');
    }
  });
});

describe('a point', () => {
  it('gets no rulebook that was not made for it', async () => {
    const narrow = parseRulebook(shipped.replace(/kinds: \[[^\]]*\]/, 'kinds: [tailings-pond]'), 'x', 'v');
    context.rulebook = () => narrow;
    const patch = { rulebook: 'reference' };
    expect(await code(call('admin', 'updateHazardPoint', patch, { unifiedCode: hazardPoint }))).toBe('rulebook-scope');
    expect(await code(call('admin', 'updateHazardPoint', { name: '改名' }, { unifiedCode: hazardPoint }))).toBe('ok');
  });

  it('is not tried with a threshold that would rule nothing', async () => {
    context.rulebook = () => parseRulebook(shipped, 'x', 'v');
    const tried = (rule: string) =>
      code(call('author', 'tryThresholds', { thresholds: [{ rule, level: 'red', value: 9 }] }, { unifiedCode: hazardPoint }));
    expect(await tried('crack')).toBe('invalid-request');
    for (const rule of ['change', 'reference.rain', 'L1_LF_1']) expect(await tried(rule)).toBe('ok');
  });

  it('keeps a record of each change of its own thresholds and of nothing else', async () => {
    const thresholds = [{ rule: 'reference.change', level: 'red', value: 33 }];
    const patch = (body: object) => call('admin', 'updateHazardPoint', body, { unifiedCode: hazardPoint });
    await patch({ thresholds, reason: '设计单位复核' });
    await patch({ name: '改名' });
    await patch({ thresholds });
    expect(await code(patch({ thresholds: [], trial: 'no such run' }))).toBe('illegal-transition');
    const { items } = await call<{ items: unknown[] }>('author', 'listThresholdChanges', undefined, { unifiedCode: hazardPoint });
    expect(items).toMatchObject([{ by: 'admin', reason: '设计单位复核', before: [], after: thresholds }]);
  });
});
