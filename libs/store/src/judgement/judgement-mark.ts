import type { JudgementMark } from '#libs/contracts';
import type { Statement } from '../sql/statement.js';

/**
 * Writes how far points are judged (promise 2). A mark never goes back; at the same
 * place the newer state wins, as holds and ticks move on without a reading.
 */
export function marksStatement(marks: readonly JudgementMark[]): Statement {
  const newest = new Map<string, JudgementMark>();
  for (const mark of marks) if (mark.judgedTo >= (newest.get(mark.hazardPoint)?.judgedTo ?? -1)) newest.set(mark.hazardPoint, mark);
  const rows = [...newest.values()];
  return {
    name: 'write-marks',
    text: `insert into evaluate.mark as mark (hazard_point, judged_to, state)
     select * from unnest($1::text[], $2::bigint[], $3::json[])
     on conflict (hazard_point) do update set judged_to = excluded.judged_to, state = excluded.state, updated_at = now()
     where excluded.judged_to >= mark.judged_to`,
    values: [
      rows.map(({ hazardPoint }) => hazardPoint),
      rows.map(({ judgedTo }) => judgedTo),
      rows.map(({ state }) => JSON.stringify(state ?? null)),
    ],
  };
}
