import type { LedgerEntry } from '#libs/alert';
import type { DataKey } from '#libs/platform';
import { answeredStatement, calloutStatement, partiesStatement, replyStatement } from '../outbox/callout-write.js';
import { consultationStatements } from './consultation.js';
import { deliveriesStatements, supersedeStatement } from '../outbox/delivery-write.js';
import { marksStatement } from '../judgement/judgement.js';
import { responseStatement } from './response.js';
import { silenceStatement } from './silence.js';
import type { Statement } from '../sql/statement.js';
import { taskStatement } from './task.js';
import { timelineStatement, warningStatement } from './warning.js';

/**
 * What writes one entry, but for its events, which get their places, and its audit records, which come last. No statement needs another's answer.
 * Every part is written at most once, so an entry whose commit had an unknown outcome is simply written again.
 */
export async function entryStatements(entry: LedgerEntry, key: DataKey): Promise<Statement[]> {
  const {
    judgement,
    warnings = [],
    timeline = [],
    supersede = [],
    deliveries = [],
    consultations = [],
    silences = [],
    tasks = [],
    responses = [],
  } = entry;
  const { callouts = [], parties = [], answered = [], replies = [] } = entry;
  return [
    ...(judgement ? [marksStatement([judgement])] : []),
    ...warnings.map(warningStatement),
    ...(timeline.length > 0 ? [timelineStatement(timeline)] : []),
    ...supersede.map(supersedeStatement),
    // Before what the same entry sends: an answer withdraws only what was waiting already.
    ...answered.map(answeredStatement),
    ...(await deliveriesStatements(key, deliveries)),
    ...consultations.flatMap(consultationStatements),
    ...silences.map(silenceStatement),
    ...tasks.map(taskStatement),
    ...responses.map(responseStatement),
    ...callouts.map((callout) => calloutStatement(key, callout)),
    ...(parties.length > 0 ? [partiesStatement(key, parties)] : []),
    ...replies.map((reply) => replyStatement(key, reply)),
  ];
}
