import { beforeEach, describe, expect, it } from 'vitest';
import { defaultPlanLevels, operation, operationIds, Problem, roles, Task, type OperationId } from '#libs/contracts';
import { carryOut } from '../operation/carry-out.js';
import { fakeContext, fakeUser, type FakeContext } from '../fakes/fake-context.js';
import { furnish, personal, pointInput } from '../fakes/fake-county.js';

const mine = '513222';
const theirs = '513221';

let context: FakeContext;
let foreign: Awaited<ReturnType<typeof furnish>>;
beforeEach(async () => {
  context = fakeContext();
  foreign = await furnish(context, theirs);
  await furnish(context, mine);
  const since = '2026-11-21T03:00:00Z';
  context.store.responseRows.set('E1', {
    id: 'E1',
    divisionCode: theirs,
    hazardPoint: foreign.point,
    level: 'III',
    state: 'in-force',
    steps: [{ at: since, by: 'foreigner', authority: '县指挥部', what: 'start', level: 'III', reason: '强降雨' }],
    version: 1,
  });
  const task = { kind: 'inspect', state: 'to-check', warningId: foreign.warning, hazardPoint: foreign.point, divisionCode: theirs };
  const what = { exercise: false, level: 'red', title: { zh: '核查', en: 'Look' }, owner: { role: 'duty' }, steps: [], version: 1 };
  context.store.taskRows.set('T1', Task.parse({ id: 'T1', ...task, ...what, createdAt: since, dueAt: since }));
  context.store.maintenance.rows.set('M1', {
    id: 'M1',
    hazardPoint: foreign.point,
    divisionCode: theirs,
    owner: 'foreigner',
    reason: '换电池',
    from: '2026-11-21T03:00:00Z',
    until: '2026-11-22T03:00:00Z',
    version: 1,
  });
  context.store.userRows.set('u1', { ...fakeUser('foreigner', ['duty'], theirs), passwordHash: 'x' });
  context.store.rules.rows.push({
    rulebook: 'landslide',
    version: 'v1',
    text: 't',
    author: 'release',
    reason: 'shipped',
    createdAt: 1,
    active: true,
    activatedAt: 1,
    activatedBy: 'release',
  });
  const t = '2026-11-21T03:00:00Z';
  context.store.shadows.rows.push({
    id: 'S1',
    rulebook: 'landslide',
    version: 'v1',
    startedAt: t,
    startedBy: 'author',
    reason: '试',
    until: '2026-11-22T03:00:00Z',
    endedAt: null,
    endedBy: null,
    end: null,
  });
  const said = { level: 'red', certainty: 'confirmed', confirmedLevel: 'red', eventAt: Date.parse(t), late: false } as const;
  await context.store.shadows.record([
    {
      id: '1',
      shadow: 'S1',
      judge: 'shadow',
      ruleVersion: 'v1',
      divisionCode: theirs,
      seq: 1,
      decision: { hazardPoint: foreign.point, reasons: [], ...said },
    },
  ]);
  const run = { rulebook: 'landslide', version: 'v1', against: 'v1', from: t, to: t, requestedBy: 'author', requestedAt: t, reason: '试' };
  const finished = { progress: 1, finishedAt: t, fault: null, items: [] };
  const trial = { hazardPoint: foreign.point, thresholds: [] };
  await context.store.dryRuns.insert({ ...run, ...finished, id: 'R1', trial, state: 'done' });
});

/** Every role there is, but one county: only the scope stands between this user and the neighbour. */
const neighbour = fakeUser('neighbour', [...roles], mine);

/** A request for the neighbour county's things, whatever the operation. */
function foreignCall(id: OperationId) {
  const { path } = operation(id);
  const key = path.startsWith('/hazard-points')
    ? foreign.point
    : path.startsWith('/devices')
      ? foreign.device
      : path.startsWith('/consultations')
        ? foreign.consultation
        : path.startsWith('/rules')
          ? 'landslide'
          : path.startsWith('/maintenance')
            ? 'M1'
            : path.startsWith('/tasks')
              ? 'T1'
              : path.startsWith('/responses')
                ? 'E1'
                : path.startsWith('/work-cards')
                  ? foreignCard(context.store.workCardRows)
                  : path.startsWith('/household-cards')
                    ? foreignCard(context.store.householdCardRows)
                    : foreign.warning;
  const contact = { name: '周某', phone: '13800000000' };
  const ways = { evacuationRoute: '东', shelter: '学校' };
  const bodies: Partial<Record<OperationId, unknown>> = {
    createUser: { username: 'spy', password: 'a long password', displayName: '某', roles: ['viewer'], scope: theirs },
    createHazardPoint: pointInput('NEW000001', theirs),
    updateHazardPoint: { closed: true },
    createDevice: { deviceId: 'NEW', profile: 'rain-gauge', hazardPoint: foreign.point },
    createWorkCard: { hazardPoint: foreign.point, responsible: contact, monitor: contact, signal: '锣', ...ways },
    createHouseholdCard: { hazardPoint: foreign.point, householder: '周', phone: contact.phone, address: '某村', memberCount: 1, ...ways },
    changeWorkCard: { version: 1, shelter: '别处' },
    changeHouseholdCard: { version: 1, shelter: '别处' },
    withdrawWorkCard: { reason: '搬迁' },
    withdrawHouseholdCard: { reason: '搬迁' },
    importCards: {
      kind: 'work',
      hazardPoint: foreign.point,
      fileName: 'a.csv',
      content: Buffer.from('a\n1').toString('base64'),
      apply: true,
    },
    actOnWarning: {},
    actOnTask: {},
    putResponsePlan: { levels: defaultPlanLevels },
    startResponse: { hazardPoint: foreign.point, level: 'III', authority: '县指挥部', reason: '强降雨' },
    adjustResponse: { level: 'II', authority: '县指挥部', reason: '强降雨' },
    endResponse: { authority: '县指挥部', reason: '雨停' },
    createIncident: { hazardPoint: foreign.point, occurredAt: '2026-11-21T03:00:00Z', text: '坡体滑落' },
    addOpinion: { level: 'none', text: '看过' },
    decideConsultation: { result: 'keep', text: '维持' },
    sendDeviceCommand: { command: 'reboot' },
    createMaintenance: { hazardPoint: foreign.point, reason: '换电池', until: '2026-11-22T03:00:00Z' },
    createSilence: { hazardPoint: foreign.point, level: 'orange', reason: '检修', until: '2026-11-21T05:00:00Z' },
    createRule: { text: 'rulebook: x', reason: 'because' },
    createRuleVersion: { text: 'rulebook: x', reason: 'because' },
    activateRule: { version: 'v1', reason: 'because' },
    rollbackRule: { reason: 'because' },
    shadowRule: { version: 'v1', reason: 'because', until: '2026-11-22T03:00:00Z' },
    stopRuleShadow: { version: 'v1', reason: 'because' },
    dryRunRule: { version: 'v1' },
    tryThresholds: { thresholds: [] },
    updateSettings: { countyName: '别县' },
  };
  return {
    params: { id: key, unifiedCode: key, action: id === 'actOnTask' ? 'start' : 'acknowledge', msgid: '1', version: 'v1', run: 'R1' },
    query: {
      hazardPoint: foreign.point,
      warning: foreign.warning,
      channel: 'L3_YL_1',
      ...(id === 'exportReadings' || id === 'getWarningKpis' ? { from: '1', to: '2' } : {}),
    },
    body: bodies[id],
    address: '::1',
    session: { token: 't', expiresAt: 0, user: neighbour },
  };
}
const foreignCard = (cards: readonly { id: string; hazardPoint: string }[]): string =>
  cards.find(({ hazardPoint }) => hazardPoint === foreign.point)?.id ?? 'none';
const withoutFilter = ({ query, ...call }: ReturnType<typeof foreignCall>) => {
  const { hazardPoint: _, warning: __, ...span } = query;
  return { ...call, query: span };
};

/** Operations that are the same for everyone: nothing in them belongs to a county. */
const countyless: readonly OperationId[] = [
  'createSession',
  'getSession',
  'deleteSession',
  'listDeviceProfiles',
  'listRules',
  'getRule',
  'listRuleVersions',
  'getRuleVersion',
  'listRuleActivations',
  'listPorts',
  'getSettings',
  // What the public was told is everybody's (docs/adr/0038).
  'getWarningCap',
  'getCapFeed',
  'getCardTemplate',
];

describe('a user of another county', () => {
  for (const id of operationIds) {
    it(`learns and changes nothing through ${id}`, async () => {
      const { method, path, access } = operation(id);
      if (access === 'public') return expect(countyless).toContain(id);
      const before = [
        context.acted,
        context.consultations.calls,
        [...context.store.pointRows.values()],
        [...context.store.deviceRows.keys()],
      ];
      const snapshot = JSON.stringify([before, context.store.workCardRows, context.store.householdCardRows, context.store.settingRows]);

      const answers = await Promise.allSettled([
        carryOut(context, id, foreignCall(id)),
        ...(method === 'GET' && !path.includes('{') ? [carryOut(context, id, withoutFilter(foreignCall(id)))] : []),
      ]);
      for (const answer of answers) {
        if (answer.status === 'rejected') {
          expect(answer.reason).toBeInstanceOf(Problem);
          const { code } = answer.reason as Problem;
          expect(['out-of-scope', 'forbidden'], `${id}: ${String(answer.reason)}`).toContain(code);
        } else if (!countyless.includes(id)) {
          expect(method, `${id} succeeded`).toBe('GET');
          for (const secret of [foreign.point, foreign.device, foreign.warning, foreign.consultation, `Q${theirs}`, 'foreigner'])
            expect(JSON.stringify(answer.value)).not.toContain(secret);
        }
      }
      const after = [
        context.acted,
        context.consultations.calls,
        [...context.store.pointRows.values()],
        [...context.store.deviceRows.keys()],
      ];
      expect(JSON.stringify([after, context.store.workCardRows, context.store.householdCardRows, context.store.settingRows])).toBe(
        snapshot,
      );
    });
  }

  it('cannot tell what is hidden from what does not exist', async () => {
    const ask = (unifiedCode: string) =>
      carryOut(context, 'getHazardPoint', { ...foreignCall('getHazardPoint'), params: { unifiedCode } }).catch(
        (problem: Problem) => problem.code,
      );
    expect(await ask(foreign.point)).toBe('out-of-scope');
    expect(await ask('NOSUCH000')).toBe('out-of-scope');
  });

  it('is told where a character stands that the database keeps in no text', async () => {
    const refused = (call: object) =>
      carryOut(context, 'getHazardPoint', { ...foreignCall('getHazardPoint'), ...call }).catch((problem: Problem) => [
        problem.code,
        problem.message,
      ]);
    expect(await refused({ params: { unifiedCode: '5\u0000' } })).toEqual([
      'invalid-request',
      expect.stringContaining('params.unifiedCode'),
    ]);
    expect(await refused({ query: { cursor: '\u0000' } })).toEqual(['invalid-request', expect.stringContaining('query.cursor')]);
    expect(await refused({ body: { reasons: [{ text: 'a\u0000' }] } })).toEqual([
      'invalid-request',
      expect.stringContaining('body.reasons.0.text'),
    ]);
  });

  it('sees its own county', async () => {
    const own = await carryOut(context, 'listHazardPoints', { ...foreignCall('listHazardPoints'), query: {} });
    expect(own).toMatchObject({ items: [{ divisionCode: mine }] });
  });
});

describe('a viewer of the same county', () => {
  const viewer = fakeUser('viewer', ['viewer', 'expert', 'device-engineer', 'rule-author'], theirs);
  for (const id of operationIds.filter((each) => operation(each).method === 'GET'))
    it(`reads no personal data through ${id}`, async () => {
      await context.settings.change({ dutyRoster: [{ name: '李建国', phone: '13900000022' }] }, 'test');
      const call = { ...foreignCall(id), session: { token: 't', expiresAt: 0, user: viewer } };
      const answer: unknown = await carryOut(context, id, call).catch((error: unknown) => {
        expect(error).toBeInstanceOf(Problem);
        return {};
      });
      for (const secret of personal) expect(JSON.stringify(answer ?? '')).not.toContain(secret);
    });
});
