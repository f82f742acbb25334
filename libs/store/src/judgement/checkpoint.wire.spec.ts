import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '#libs/testing';
import { Database } from '../sql/database.js';
import { pgJudgements } from './judgement.js';
import { migrate } from '../sql/migrate.js';

const noon = Date.parse('2026-11-20T12:00:00Z');
const state = Uint8Array.from({ length: 20_000 }, (_, at) => at % 256);
const taken = (hazardPoint: string, judgedTo: number, madeAt = noon) => ({
  checkpoint: { hazardPoint, judgedTo, madeAt, state },
  mark: { hazardPoint, judgedTo, state: { judgedTo } },
});

describe('checkpoints', () => {
  let home: TestDatabase;
  let db: Database;
  beforeAll(async () => {
    home = await testDatabase('checkpoints');
    db = new Database({ url: home.url });
    await migrate(db);
  });
  afterAll(async () => {
    await db.close();
    await home.drop();
  });
  beforeEach(() => db.run('truncate evaluate.mark, evaluate.checkpoint, command.device, command.hazard_point cascade'));
  const judgements = () => pgJudgements(db);

  it('come back byte for byte, for the points asked for, with the mark they were taken at', async () => {
    await judgements().saveCheckpoints([taken('P1', 5), taken('P2', 6, noon + 1)]);
    await judgements().saveCheckpoints([]);
    const found = await judgements().checkpoints(['P2', 'P3', 'P1']);
    expect(found.map((one) => ({ ...one, state: Uint8Array.from(one.state) }))).toEqual([
      taken('P1', 5).checkpoint,
      taken('P2', 6, noon + 1).checkpoint,
    ]);
    expect(await judgements().marks()).toEqual([taken('P1', 5).mark, taken('P2', 6).mark]);
    expect(await judgements().checkpoints([])).toEqual([]);
  });

  it('never go back, nor does the mark', async () => {
    await judgements().saveMarks([{ hazardPoint: 'P1', judgedTo: 9, state: 'newer' }]);
    await judgements().saveCheckpoints([taken('P1', 5)]);
    await judgements().saveCheckpoints([taken('P1', 4)]);
    expect(await judgements().checkpoints(['P1'])).toMatchObject([{ judgedTo: 5 }]);
    expect(await judgements().marks()).toEqual([{ hazardPoint: 'P1', judgedTo: 9, state: 'newer' }]);
    await judgements().saveCheckpoints([taken('P1', 5, noon + 9)]);
    expect(await judgements().checkpoints(['P1'])).toMatchObject([{ madeAt: noon + 9 }]);
  });

  it('one that is damaged, has no mark, or says more than its mark is none', async () => {
    await judgements().saveCheckpoints([taken('P1', 5), taken('P2', 5), taken('P3', 5), taken('P4', 5)]);
    await db.run(`update evaluate.checkpoint set state = set_byte(state, 777, 1) where hazard_point = 'P1'`);
    await db.run(`delete from evaluate.mark where hazard_point = 'P2'`);
    await db.run(`update evaluate.mark set judged_to = 4 where hazard_point = 'P3'`);
    expect((await judgements().checkpoints(['P1', 'P2', 'P3', 'P4'])).map((one) => one.hazardPoint)).toEqual(['P4']);
  });
});
