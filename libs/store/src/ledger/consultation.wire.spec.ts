import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Consultation } from '#libs/contracts';
import { pgConsultations } from './consultation.js';
import { aConsultation, aWarning, dataKey, recordsDatabase, silent, type RecordsDatabase } from '../fakes/records.js';
import { pgLedger } from './ledger.js';
import { pgWarnings } from './warning.js';

const decision: NonNullable<Consultation['decision']> = {
  id: 'x1',
  version: 1,
  result: 'keep',
  text: '维持红色预警',
  by: 'signer1',
  at: '2026-11-20T12:30:00.000Z',
  hash: 'hash',
  signatures: [],
};
const message = (id: string) => ({ id, by: 'expert1', at: '2026-11-20T12:10:00.500Z', text: '裂缝扩大' });

describe('consultations and warnings on PostgreSQL', () => {
  let home: RecordsDatabase;
  beforeAll(async () => {
    home = await recordsDatabase('consultations');
  });
  afterAll(() => home.close());

  it('come back as they were saved, evidence to the letter', async () => {
    const store = pgConsultations(home.db);
    // Key order matters: the evidence hash was taken over this text.
    const evidence = { ...aConsultation().evidence, hash: 'z', takenAt: '2026-11-20T12:00:00.000Z' };
    const first = aConsultation({ id: 'c1', evidence, chat: [message('m1')] });
    await store.save(first);
    const found = await store.find('c1');
    expect(found).toEqual(first);
    expect(JSON.stringify(found?.evidence)).toBe(JSON.stringify(evidence));
    expect(await store.find('nothing')).toBeUndefined();
  });

  it('are changed only on top of the version a change was made from', async () => {
    const store = pgConsultations(home.db);
    const base = (await store.find('c1')) ?? aConsultation();
    await store.save({ ...base, version: 2, state: 'deliberating' });
    await expect(store.save({ ...base, version: 2, state: 'aborted' })).rejects.toMatchObject({ code: 'version-conflict' });
    await store.addChat('c1', message('m2'));
    await store.addChat('c1', message('m2'));
    expect((await store.find('c1'))?.chat.map(({ id }) => id)).toEqual(['m1', 'm2']);
    await expect(store.addChat('nothing', message('m3'))).rejects.toMatchObject({ code: 'not-found' });
  });

  it('never change once signed, by whatever door', async () => {
    const store = pgConsultations(home.db);
    const base = (await store.find('c1')) ?? aConsultation();
    const signed: Consultation = { ...base, version: 3, state: 'signed', decision };
    await store.save(signed);
    const forged: Consultation = { ...signed, version: 4, decision: { ...decision, text: '解除' } };
    await expect(store.save(forged)).rejects.toMatchObject({ code: 'illegal-transition' });
    const ledger = pgLedger(home.db, { bus: home.bus, dataKey, logger: silent });
    await expect(ledger.write({ consultations: [forged] })).rejects.toMatchObject({ code: 'illegal-transition' });
    await expect(store.save({ ...signed, version: 4, state: 'open' })).rejects.toMatchObject({ code: 'illegal-transition' });
    await expect(store.addChat('c1', message('m9'))).rejects.toMatchObject({ code: 'illegal-transition' });
    await expect(home.db.run('delete from consult.consultation')).rejects.toThrow(/append-only/);
    await store.save({ ...signed, version: 4, state: 'closed' });
    expect(await store.find('c1')).toMatchObject({ state: 'closed', decision, version: 4 });
  });

  it('never change their evidence', async () => {
    const store = pgConsultations(home.db);
    await store.save(aConsultation({ id: 'c2' }));
    const other = aConsultation({ id: 'c2', version: 2 });
    await expect(store.save({ ...other, evidence: { ...other.evidence, hash: 'other' } })).rejects.toMatchObject({
      code: 'illegal-transition',
    });
  });

  it('are listed newest first, within the scope', async () => {
    const store = pgConsultations(home.db);
    await store.save(aConsultation({ id: 'c3', openedAt: '2026-11-21T12:00:00.000Z', warning: 'w2' }));
    await store.save(aConsultation({ id: 'c4', divisionCode: '513299' }));
    expect((await store.list({ limit: 10, scope: '513221' })).items.map(({ id }) => id)).toEqual(['c3', 'c2', 'c1']);
    expect((await store.list({ limit: 10, scope: '', warning: 'w2' })).items.map(({ id }) => id)).toEqual(['c3']);
  });

  it('lists warnings newest first, filtered, page by page', async () => {
    const ledger = pgLedger(home.db, { bus: home.bus, dataKey, logger: silent });
    const at = (n: number): string => new Date(Date.parse('2026-11-20T00:00:00Z') + Math.floor(n / 2) * 1_000).toISOString();
    await ledger.write({
      warnings: Array.from({ length: 9 }, (_, n) =>
        aWarning({
          id: `w${n}`,
          openedAt: at(n),
          divisionCode: n === 8 ? '510000' : '513221',
          state: n < 3 ? 'closed' : 'candidate',
          hazardPoint: `P${n % 2}00000`,
        }),
      ),
    });
    const warnings = pgWarnings(home.db);
    const seen: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await warnings.list({ limit: 3, scope: '5132', cursor });
      seen.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(['w7', 'w6', 'w5', 'w4', 'w3', 'w2', 'w1', 'w0']);
    const ids = async (query: object) => (await warnings.list({ limit: 100, scope: '', ...query })).items.map(({ id }) => id);
    expect(await ids({ state: 'closed' })).toEqual(['w2', 'w1', 'w0']);
    expect(await ids({ state: 'closed,candidate' })).toHaveLength(9);
    expect(await ids({ state: 'confirmed,expired' })).toEqual([]);
    expect(await ids({ hazardPoint: 'P100000', from: Date.parse(at(4)) })).toEqual(['w7', 'w5']);
    expect(await ids({ scope: '510' })).toEqual(['w8']);
    expect((await warnings.open()).map(({ id }) => id)).toEqual(['w3', 'w4', 'w5', 'w6', 'w7', 'w8']);
    expect(await warnings.find('nothing')).toBeUndefined();
  });
});
