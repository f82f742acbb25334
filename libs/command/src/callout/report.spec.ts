import { toIso, type CalloutParty, type CalloutReport, type FileAnswer } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { carryOut } from '../operation/carry-out.js';
import { fakeContext, fakeUser } from '../fakes/fake-context.js';

const AT = Date.UTC(2026, 6, 1, 7, 20);

const party = (n: number, change: Partial<CalloutParty>): CalloutParty => ({
  id: `p${n}`,
  calloutId: 'k1',
  subject: `household:c${n}`,
  kind: 'household',
  name: n === 1 ? '=王大山' : '李小河',
  address: '新磨村2组8号',
  memberCount: 4,
  people: [{ recipient: `household:c${n}:householder`, role: 'household', name: '王大山', phone: `1380000100${n}` }],
  ack: 'none',
  ackAt: null,
  ackBy: null,
  version: 1,
  ...change,
});

function world() {
  const context = fakeContext();
  const { store } = context;
  const warning = { id: 'w1', hazardPoint: '5132210001', divisionCode: '513221', level: 'red', exercise: true, openedAt: toIso(AT) };
  store.warnings.find = async (id: string) => (id === 'w1' ? warning : undefined) as never;
  store.callouts.whole.push({
    callout: {
      id: 'k1',
      warningId: 'w1',
      hazardPoint: '5132210001',
      pointName: '新磨村2组滑坡',
      hazardKind: 'landslide',
      divisionCode: '513221',
      scope: 'public',
      releaseVersion: 1,
      level: 'red',
      kind: 'warning',
      exercise: true,
      deliver: 'simulator',
      threatenedPeople: 9,
      startedAt: toIso(AT),
      knockAfterSeconds: 300,
      chain: { monitors: [], village: [], township: [], county: [] },
      steps: [{ n: 1, step: 'call-again', at: toIso(AT + 60_000), silent: 1 }],
      endedAt: null,
      endReason: null,
      version: 2,
    },
    parties: [
      party(1, {}),
      party(2, {
        ack: 'help',
        ackAt: toIso(AT + 42_000),
        ackBy: { via: 'sms', by: 'household:c2:householder' },
        helpAt: toIso(AT + 42_000),
      }),
    ],
  });
  store.callouts.sent.push({
    warningId: 'w1',
    id: 'd1',
    recipient: 'household:c1:householder',
    scope: 'public',
    version: 1,
    channel: 'sms',
    step: 0,
    status: 'delivered',
    createdAt: AT,
    deliveredAt: AT + 2_000,
  });
  store.callouts.received.push({
    id: 'r1',
    provider: 'alicloud',
    channel: 'sms',
    from: '13800001002',
    content: '2 我是李小河 13800001002',
    meaning: 'help',
    at: toIso(AT + 42_000),
    receivedAt: toIso(AT + 42_000),
    warningId: 'w1',
    divisionCode: '513221',
    partyId: 'p2',
    subject: 'household:c2',
    ambiguous: false,
    ignored: false,
    answered: true,
  });
  const as = (roles: Parameters<typeof fakeUser>[1], scope = '') => ({
    token: 't',
    expiresAt: AT + 1e9,
    user: fakeUser('li', roles, scope),
  });
  const call = (id: Parameters<typeof carryOut>[1], session: ReturnType<typeof as>, params = {}, body?: unknown) =>
    carryOut(context, id, { params: { id: 'w1', ...params }, query: {}, body, address: '', session });
  return { context, as, call };
}
const textOf = async ({ body }: FileAnswer): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
};

describe('the report of a warning', () => {
  it('says by household who was reached, who answered and after how long, and is audited', async () => {
    const { context, as, call } = world();
    const report = (await call('getWarningReport', as(['duty']))) as CalloutReport;
    const [callout] = report.callouts;
    expect(callout?.counts).toEqual({ total: 2, reached: 2, acknowledged: 0, help: 1, safe: 0, visited: 0, silent: 1 });
    expect(callout?.parties).toMatchObject([
      { name: '=王大山', phones: ['13800001001'], state: 'reached', reachedAt: toIso(AT + 2_000) },
      { name: '李小河', state: 'help', elapsedSeconds: 42 },
    ]);
    expect(report.replies).toMatchObject([{ meaning: 'help', name: '李小河', from: '13800001002' }]);
    expect(context.store.auditRows.map(({ action }) => action)).toEqual(['personal-data.read']);
  });

  it('shows no name, number or place to who may not call people', async () => {
    const { as, call } = world();
    const text = JSON.stringify(await call('getWarningReport', as(['viewer'])));
    for (const secret of ['大山', '13800001001', '13800001002', '2组8号']) expect(text).not.toContain(secret);
    await expect(call('getWarningReport', as(['duty'], '5101'))).rejects.toMatchObject({ code: 'out-of-scope' });
  });

  it('is a table that a spreadsheet opens, without a formula in it', async () => {
    const { as, call } = world();
    const bytes = await textOf((await call('getWarningReportCsv', as(['duty']))) as FileAnswer);
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const [head, first] = bytes.toString('utf8').split('\r\n');
    expect(head).toContain('户主/姓名 Name,电话 Phone');
    expect(first).toContain(",'=王大山,13800001001,");
    expect(first).toContain('已到达未回应 Reached, no answer'.replace(/.*/, '"$&"'));
  });

  it('is a page to print', async () => {
    const { as, call } = world();
    const bytes = await textOf((await call('getWarningReportPdf', as(['duty']))) as FileAnswer);
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    expect(bytes.length).toBeGreaterThan(10_000);
  });

  it('takes the answer a person notes, by household or by message', async () => {
    const { context, as, call } = world();
    await call('acknowledgeHousehold', as(['duty']), { card: 'c2' }, { answer: 'safe', note: '已到村小学' });
    await call('acknowledgeDelivery', as(['duty']), { delivery: 'd1' });
    expect(context.acted).toEqual(['safe household:c2 of w1 by li', 'ack household:c1:householder of w1 by li']);
    await expect(call('acknowledgeDelivery', as(['duty']), { delivery: 'd9' })).rejects.toMatchObject({ code: 'not-found' });
    await expect(call('acknowledgeHousehold', as(['viewer']), { card: 'c2' })).rejects.toMatchObject({ code: 'forbidden' });
  });
});
