import { crc32 } from 'node:zlib';
import type { Checkpoint, JudgementStore } from '#libs/stream';
import { at, type Database } from '../sql/database.js';
import { marksStatement } from './judgement-mark.js';
import { runAll } from '../sql/statement.js';

interface Row {
  hazard_point: string;
  judged_to: number;
  made_at: number;
  checksum: number;
  state: Buffer;
}

/** A checkpoint that says more than its mark is of another past; an instrument registered anew since has another zero. */
const usable = `
select c.hazard_point, c.judged_to, c.made_at, c.checksum, c.state
from evaluate.checkpoint c join evaluate.mark m on m.hazard_point = c.hazard_point and m.judged_to >= c.judged_to
where c.hazard_point = any($1::text[])
  and not exists (select from command.device d where d.hazard_point = c.hazard_point and d.rejoined_at >= c.made_at)`;

/** States of points as they were at a mark (docs/adr/0034). */
export const pgCheckpoints = (db: Database): Pick<JudgementStore, 'checkpoints' | 'saveCheckpoints'> => ({
  async checkpoints(hazardPoints): Promise<Checkpoint[]> {
    const rows = await db.query<Row>(usable, [hazardPoints]);
    return rows
      .filter(({ checksum, state }) => checksum === crc32(state))
      .map((row) => ({ hazardPoint: row.hazard_point, judgedTo: row.judged_to, madeAt: row.made_at, state: row.state }));
  },

  async saveCheckpoints(all) {
    if (all.length === 0) return;
    const written = all.map(({ checkpoint: one }) => ({
      name: 'write-checkpoint',
      text: `insert into evaluate.checkpoint as old (hazard_point, judged_to, made_at, checksum, state) values ($1, $2, $3, $4, $5)
             on conflict (hazard_point) do update set judged_to = excluded.judged_to, made_at = excluded.made_at,
               checksum = excluded.checksum, state = excluded.state
             where excluded.judged_to >= old.judged_to`,
      values: [one.hazardPoint, one.judgedTo, at(one.madeAt), crc32(one.state), asBuffer(one.state)],
    }));
    await db.tx((sql) => runAll(sql, [marksStatement(all.map(({ mark }) => mark)), ...written]));
  },
});

/** The driver takes a Buffer for bytes; anything else it prints. */
const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, byteLength);
