import { crc32 } from 'node:zlib';
import type { Checkpoint, JudgementStore } from '#libs/stream';
import { at, literal, type Database } from '../sql/database.js';
import { marksStatement } from './judgement-mark.js';
import { runAll } from '../sql/statement.js';

/** A checkpoint that says more than its mark is of another past; an instrument registered anew since has another zero. All but the state as JSON. */
const usable = (hazardPoints: readonly string[]): string => `copy (
select json_build_object('hazardPoint', c.hazard_point, 'judgedTo', c.judged_to, 'madeAt', (extract(epoch from c.made_at) * 1000)::bigint, 'checksum', c.checksum)::text,
       c.state
from evaluate.checkpoint c join evaluate.mark m on m.hazard_point = c.hazard_point and m.judged_to >= c.judged_to
where c.hazard_point in (${hazardPoints.map(literal).join(', ')})
  and not exists (select from command.device d where d.hazard_point = c.hazard_point and d.rejoined_at >= c.made_at)
) to stdout (format binary)`;

/** States of points as they were at a mark (docs/adr/0034). */
export const pgCheckpoints = (db: Database): Pick<JudgementStore, 'checkpoints' | 'saveCheckpoints'> => ({
  async checkpoints(hazardPoints): Promise<Checkpoint[]> {
    if (hazardPoints.length === 0) return [];
    const rows = await db.copyOut(usable(hazardPoints));
    return rows.flatMap(([said, state]) => {
      const { checksum, ...checkpoint } = JSON.parse(String(said)) as Omit<Checkpoint, 'state'> & { checksum: number };
      return state && checksum === crc32(state) ? [{ ...checkpoint, state }] : [];
    });
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
