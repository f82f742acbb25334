import type { DecisionResult, User, WarningRecord } from '#libs/contracts';
import { decisionResults, HazardPoint, Problem, releaseStates } from '#libs/contracts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { warningOf } from '../../alert/src/fakes/fixtures.js';
import { canonicalJson } from './canonical.js';
import { MemoryConsultations } from './fakes/consultation-store.js';
import { evidenceHash, openConsultation } from './open.js';
import { stepsOf } from './outcome.js';
import { decisionHash } from './record.js';
import { ConsultUseCases, type CarryOut } from './use-cases.js';

const now = Date.parse('2026-05-01T00:00:00Z');
const iso = new Date(now).toISOString();
const release = { state: 'none', level: null, version: 0, publishedAt: null, ratified: true, dueAt: null } as const;
const warning = warningOf({
  rule: { id: 'reference', version: 'v1' },
  releases: { internal: { ...release, state: 'published', level: 'red', version: 1 }, public: { ...release } },
});
const publicly = (change: Partial<WarningRecord['releases']['public']>, more: Partial<WarningRecord> = {}): WarningRecord => ({
  ...warning,
  ...more,
  releases: { ...warning.releases, public: { ...release, ...change } },
});
const point = HazardPoint.parse({
  unifiedCode: '513221010001',
  name: '望山坡',
  kind: 'landslide',
  divisionCode: '513221',
  longitude: 103,
  latitude: 31,
  rulebook: 'reference',
  threatenedHouseholds: 3,
  threatenedPeople: 9,
  release: {},
  version: 1,
  createdAt: iso,
  updatedAt: iso,
});
const user = (roles: User['roles'], scope = ''): User => ({
  id: roles.join(),
  username: roles.join('-'),
  displayName: '李',
  roles,
  scope,
  createdAt: iso,
});
const signer = user(['signer']);

function room() {
  const memory = new MemoryConsultations();
  const { consultation } = openConsultation({ warning, point, series: [], now });
  memory.records.set(consultation.id, consultation);
  const asked: string[][] = [];
  const carryOut: CarryOut = async (_id, next, _actor, alongside) => {
    const done = next(warning).map(({ action }) => action);
    asked.push(done);
    await memory.write(alongside);
    return { done, warning };
  };
  const useCases = new ConsultUseCases({ store: memory, ledger: memory, clock: { now: () => now }, carryOut });
  return { memory, useCases, id: consultation.id, asked };
}

const refuse: CarryOut = () => Promise.reject(new Problem('illegal-transition', 'no'));

describe('case file', () => {
  it('is frozen: any change of it changes its hash, another order of its keys does not', () => {
    const { evidence } = openConsultation({ warning, point, series: [], now }).consultation;
    expect(evidenceHash(evidence)).toBe(evidence.hash);
    expect(evidenceHash({ ...evidence, warning: { ...warning, level: 'orange' } })).not.toBe(evidence.hash);
    const shuffled = JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(evidence).toReversed()))) as typeof evidence;
    expect(evidenceHash(shuffled)).toBe(evidence.hash);
  });

  it('names one consultation a warning', () => {
    const [first, second] = [1, 2].map(() => openConsultation({ warning, point, series: [], now }).consultation.id);
    expect(first).toBe(second);
  });

  it('has canonical JSON that means the same and does not depend on order', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        const back: unknown = JSON.parse(text);
        expect(canonicalJson(back)).toBe(text);
        expect(back).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(() => canonicalJson({ value: Number.NaN })).toThrow(TypeError);
  });
});

describe('record', () => {
  it('takes opinions and a decision, voids signatures by a new version, and is immutable once signed', async () => {
    const { useCases, id, memory, asked } = room();
    await useCases.addOpinion(id, { level: 'red', text: '继续变形' }, user(['expert']));
    await useCases.decide(id, { result: 'keep', text: '维持' }, user(['duty']));
    const second = await useCases.decide(id, { result: 'upgrade', level: 'red', text: '发布红色' }, user(['duty']));
    expect(second.decision).toMatchObject({ version: 2, signatures: [] });
    const signed = await useCases.sign(id, {}, signer);
    expect(signed).toMatchObject({ state: 'signed', acted: { done: ['propose', 'consult', 'decide', 'sign', 'publish'] } });
    expect(asked).toHaveLength(1);
    if (!signed.decision) throw new Error('no decision');
    expect(decisionHash(signed.decision, id, signed.evidence.hash)).toBe(signed.decision.hash);
    for (const late of [
      () => useCases.addOpinion(id, { level: 'none', text: '迟到' }, user(['expert'])),
      () => useCases.decide(id, { result: 'false-alarm', text: '改' }, signer),
      () => useCases.sign(id, {}, signer),
      () => useCases.say(id, '再说', signer),
    ])
      await expect(late()).rejects.toMatchObject({ code: 'illegal-transition' });
    expect(memory.entries.flatMap((entry) => (entry.events ?? []).map(({ type }) => type))).toEqual([
      'consultation.updated',
      'consultation.updated',
      'consultation.updated',
      'consultation.signed',
    ]);
  });

  it('is signed by signers only, and not without a decision', async () => {
    const { useCases, id } = room();
    await expect(useCases.sign(id, {}, signer)).rejects.toMatchObject({ code: 'illegal-transition' });
    await useCases.decide(id, { result: 'keep', text: '维持' }, user(['duty']));
    for (const role of ['duty', 'expert', 'viewer'] as const)
      await expect(useCases.sign(id, {}, user([role]))).rejects.toMatchObject({ code: 'forbidden' });
    await expect(useCases.sign(id, {}, user(['admin']))).resolves.toMatchObject({ state: 'signed' });
  });

  it('stays unsigned when the warning refuses', async () => {
    const { memory, id } = room();
    const useCases = new ConsultUseCases({ store: memory, ledger: memory, clock: { now: () => now }, carryOut: refuse });
    await useCases.decide(id, { result: 'keep', text: '维持' }, signer);
    await expect(useCases.sign(id, {}, signer)).rejects.toMatchObject({ code: 'illegal-transition' });
    expect(memory.records.get(id)?.state).toBe('deliberating');
  });

  it('needs a level to upgrade or downgrade, and shows itself to its divisions only', async () => {
    const { useCases, id } = room();
    await expect(useCases.decide(id, { result: 'upgrade', text: '升' }, signer)).rejects.toMatchObject({ code: 'invalid-request' });
    await expect(useCases.get(id, user(['signer'], '5101'))).rejects.toMatchObject({ code: 'not-found' });
    await expect(useCases.get(id, user(['signer'], '5132'))).resolves.toMatchObject({ id });
  });

  it('loses no opinion when several are given at once', async () => {
    const { useCases, id, memory } = room();
    await Promise.all(Array.from({ length: 8 }, (_, n) => useCases.addOpinion(id, { level: 'red', text: `意见${n}` }, user(['expert']))));
    expect(memory.records.get(id)?.opinions).toHaveLength(8);
  });
});

const steps = (result: DecisionResult, record: WarningRecord, level?: WarningRecord['level']) =>
  stepsOf({ result, level, text: '会商意见' }, record).map(({ action, body }) =>
    [action, body.scope, body.level, body.disposal].filter((one) => one !== undefined).join(' '),
  );

describe('outcome', () => {
  it('does to the warning what the table says', () => {
    const out = publicly({ state: 'published', level: 'orange', ratified: false });
    expect(steps('upgrade', out, 'red')).toEqual(['adjust public red']);
    expect(steps('upgrade', out, 'orange')).toEqual(['sign public']);
    expect(steps('downgrade', out, 'yellow')).toEqual(['adjust public yellow']);
    expect(steps('downgrade', warning, 'yellow')).toEqual([]);
    expect(steps('keep', out)).toEqual(['sign public']);
    expect(steps('keep', warning)).toEqual([]);
    expect(steps('keep', publicly({ state: 'administrative' }), 'red')).toEqual(['sign public red', 'publish public red']);
    expect(steps('upgrade', publicly({}, { state: 'candidate' }), 'red')).toEqual(['confirm public red']);
    expect(steps('all-clear', out)).toEqual(['all-clear public 3']);
    expect(steps('all-clear', warning)).toEqual(['all-clear internal 3']);
    expect(steps('false-alarm', out)).toEqual(['cancel public 0']);
    expect(steps('false-alarm', warning)).toEqual(['cancel internal 0']);
    const untold = { ...warning, releases: { internal: { ...release }, public: { ...release } } };
    expect(steps('false-alarm', untold)).toEqual(['close public 0']);
  });

  it('never asks an ended warning for more than the last word', () => {
    for (const result of decisionResults)
      for (const state of releaseStates)
        for (const action of steps(result, publicly({ state, level: 'red' }, { state: 'closed' }), 'orange'))
          expect(action).toMatch(/^(cancel|all-clear|sign) /);
  });
});
