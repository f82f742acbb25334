import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, MINUTE, SECOND, toIso, type ReplyRecord } from '#libs/contracts';
import type { LedgerEntry } from '#libs/alert';
import type { CalloutStore } from '#libs/notify';
import { frozen, T0 } from '../../../notify/src/fakes/callout.js';
import { pgCallouts } from './callout.js';
import { journalFaults, pgDeliveryAudit } from './delivery-audit.js';
import { CalloutMirror, mirroredCallouts } from '../failover/callout-mirror.js';
import { anIntent, dataKey, recordsDatabase, type RecordsDatabase } from '../fakes/records.js';
import { fresh, isTo, repliedTo } from '../journal/delivery-state.js';
import { entryStatements } from '../ledger/ledger-write.js';

const now = Date.now();
const reply = (n: number, more: Partial<ReplyRecord> = {}): ReplyRecord => ({
  id: `r${n}`,
  provider: 'alicloud',
  channel: 'sms',
  from: '13800001001',
  content: '1 收到',
  meaning: 'ack',
  at: toIso(now),
  receivedAt: toIso(now + n),
  warningId: 'w1',
  divisionCode: '513221',
  partyId: 'p1',
  subject: 'household:c1',
  ambiguous: false,
  ignored: false,
  answered: n === 1,
  ...more,
});

let home: RecordsDatabase;
beforeAll(async () => {
  home = await recordsDatabase('callout');
});
afterAll(() => home?.close());

const write = async (entry: LedgerEntry): Promise<unknown> => home.db.together(await entryStatements(entry, dataKey));

describe('call-outs in PostgreSQL, and in the copy that is asked without it', () => {
  const { callout, parties } = frozen({}, { now });
  const [first] = parties;
  if (!first) throw new Error('nobody has to answer');
  const answered = {
    ...first,
    ack: 'ack' as const,
    ackAt: toIso(now + SECOND),
    ackBy: { via: 'sms' as const, by: 'household:c1:householder' },
    version: 2,
  };
  const old = frozen({}, { now: now - 2 * DAY, warning: { id: 'w0', exercise: false, deliver: 'real', divisionCode: '513221' } });
  const ended = { ...old.callout, endedAt: toIso(now - DAY), endReason: 'expired' as const, version: 2 };
  const entries: LedgerEntry[] = [
    { callouts: [callout], parties },
    { callouts: [old.callout], parties: old.parties },
    { callouts: [ended] },
    { parties: [answered], replies: [reply(1)] },
    // Written again, and an older version after a newer one: nothing changes.
    { parties: [first], replies: [reply(1), reply(2, { warningId: null, divisionCode: '' })] },
  ];
  const stores = new Map<string, CalloutStore>();

  beforeAll(async () => {
    const database = pgCallouts(home.db, dataKey);
    const mirror = new CalloutMirror({ now: () => now });
    for (const entry of entries) {
      await write(entry);
      mirror.written(entry);
    }
    stores.set('postgresql', database);
    stores.set(
      'mirror',
      mirroredCallouts(database, mirror, async (_, otherwise) => otherwise() as never),
    );
  });

  it.each(['postgresql', 'mirror'])('%s: what can still be answered, with its answers and replies', async (name) => {
    const store = stores.get(name) as CalloutStore;
    const [recent, ...others] = await store.recent(now - DAY);
    expect(others).toEqual([]);
    expect(recent?.callout).toEqual(callout);
    expect(recent?.parties.map(({ subject, ack }) => [subject, ack])).toEqual([
      ['household:c1', 'ack'],
      ['household:c2', 'none'],
      ['household:c3', 'none'],
    ]);
    expect(recent?.parties[0]).toEqual(answered);
    expect(await store.ofWarning('w1')).toEqual([recent]);
    expect(await store.households('w1')).toEqual({ total: 3, reached: 1, acknowledged: 1, help: 0, safe: 0, visited: 0, silent: 2 });
    expect((await store.replies('w1')).map(({ id }) => id)).toEqual(['r1']);
    expect(await store.known(['r1', 'r2', 'r3'])).toHaveLength(2);
    expect(await store.writtenBack(now - MINUTE)).toEqual([{ phone: '13800001001', at: now + 1 }]);
  });

  it('never lets an older version overwrite a newer one', async () => {
    await write({ callouts: [old.callout] });
    const [known] = await pgCallouts(home.db, dataKey).ofWarning('w0');
    expect(known?.callout).toEqual(ended);
  });

  it('keeps names, numbers and texts only encrypted', async () => {
    const rows = await home.db.query<{ text: string }>(
      `select (to_jsonb(c) - 'personal')::text as text from notify.callout c union all select (to_jsonb(p) - 'personal')::text from notify.callout_party p
       union all select (to_jsonb(r) - 'personal')::text from notify.reply r union all select personal from notify.callout_party`,
    );
    for (const { text } of rows)
      for (const secret of ['王1', '13800001001', '陈监测', '新磨村2组1号', '收到']) expect(text).not.toContain(secret);
  });

  it('shows replies by division; those of unknown numbers only to who sees everything', async () => {
    const store = pgCallouts(home.db, dataKey);
    const ids = async (scope: string) => (await store.listReplies({ scope, limit: 10 })).items.map(({ id }) => id);
    expect(await ids('')).toEqual(['r2', 'r1']);
    expect(await ids('5132')).toEqual(['r1']);
    expect(await ids('51')).toEqual(['r1']);
    const page = await store.listReplies({ scope: '', limit: 1 });
    expect((await store.listReplies({ scope: '', limit: 1, cursor: page.nextCursor ?? '' })).items.map(({ id }) => id)).toEqual(['r1']);
  });
});

describe('an answer', () => {
  const at = Date.now();
  const to = (id: string, recipient: string, step: number) => anIntent(id, { warningId: 'W9', recipient, step });
  const intents = [
    to('a1', 'household:c9:householder', 0),
    to('a2', 'household:c9:householder', 100),
    to('a3', 'household:c9:member-1', 200),
    to('a4', 'household:c9:householder', 1_000_001),
    to('a5', 'household:c91:householder', 100),
  ];
  const wanted = {
    a1: ['pending', 'ack'],
    a2: ['cancelled', 'ack'],
    a3: ['cancelled', 'ack'],
    a4: ['pending', 'none'],
    a5: ['pending', 'none'],
  };
  const answer = { warningId: 'W9', subject: 'household:c9', ack: 'ack' as const, at };

  it('marks the messages of the household and cancels what it need not get again, in the database', async () => {
    await write({ deliveries: intents });
    await write({ answered: [answer] });
    const rows = await home.db.query<{ id: string; status: string; ack: string }>(
      `select id, status, ack from notify.delivery where warning_id = 'W9'`,
    );
    expect(Object.fromEntries(rows.map(({ id, status, ack }) => [id, [status, ack]]))).toEqual(wanted);
    await write({ answered: [{ ...answer, ack: 'help' }] });
    await write({ answered: [answer] });
    const [row] = await home.db.query<{ ack: string }>(`select ack from notify.delivery where id = 'a1'`);
    expect(row?.ack).toBe('help');
  });

  it('does the same in the journal', () => {
    const states = intents.map((intent) => {
      const state = fresh(intent);
      const now = isTo(intent, answer) ? repliedTo(state, intent.step, answer) : state;
      return [intent.id, [now.status, now.ack]];
    });
    expect(Object.fromEntries(states)).toEqual(wanted);
  });
});

describe('the auditor’s look', () => {
  const at = Date.now();
  const base = { warningId: 'W10', createdAt: at - 20 * SECOND, notBefore: at - 20 * SECOND, deadline: at + 10 * MINUTE };
  const intents = [
    anIntent('f1', { ...base, priority: 0, recipient: 'r:1' }),
    anIntent('f2', { ...base, priority: 0, recipient: 'r:2', notBefore: at + 30 * SECOND }),
    anIntent('f3', { ...base, priority: 1, recipient: 'r:3', notBefore: at + 5 * MINUTE }),
    anIntent('f4', { ...base, priority: 2, recipient: 'r:4', notBefore: at + 9 * MINUTE }),
    anIntent('f5', { ...base, priority: 3, recipient: 'r:5', deadline: at - 2 * MINUTE }),
    anIntent('f6', { ...base, priority: 0, recipient: 'r:6' }),
  ];
  const wanted = ['lease-over 1', 'no-next-step 1', 'overdue 1', 'red-waiting 1'];
  const said = (faults: readonly { kind: string; count: number; warning: string }[]) =>
    faults
      .filter(({ warning }) => warning === 'W10')
      .map(({ kind, count }) => `${kind} ${count}`)
      .toSorted();

  it('finds what has stopped in the database', async () => {
    await write({ deliveries: intents });
    await home.db.run(
      `update notify.delivery set status = 'sending', lease_owner = 'x', lease_until = now() - interval '9 seconds' where id = 'f6'`,
    );
    expect(said(await pgDeliveryAudit(home.db).faults(at))).toEqual(wanted);
  });

  it('finds the same in the journal', () => {
    const booked = intents.map((intent) => ({
      intent,
      state: { ...fresh(intent), ...(intent.id === 'f6' ? { status: 'sending' as const, leaseUntil: at - 9 * SECOND } : {}) },
    }));
    expect(said(journalFaults(booked, at))).toEqual(wanted);
  });

  it('has nothing to say of what goes on', () => {
    expect(journalFaults([], T0)).toEqual([]);
  });
});
