import type { Refusal } from '#libs/alert';
import { Problem, type WarningRecord } from '#libs/contracts';

/** A refusal as the error a client gets: 403, or 409 naming what is legal. */
export function refused(refusal: Refusal, warning: WarningRecord): Problem {
  if (refusal.reason === 'forbidden') return new Problem('forbidden', `your roles do not allow ${refusal.action} on a warning`);
  if (refusal.reason === 'disposal-required')
    return new Problem(
      'invalid-request',
      `disposal: ${refusal.action} wants the kind of disposal: 0 data, 1 maintenance, 2 device damaged, 3 true, 4 model to improve`,
      {
        errors: [{ path: 'body.disposal', message: '0–4' }],
      },
    );
  const legal = refusal.legal.map(({ action, scope }) => (scope ? `${action} (${scope})` : action)).join(', ') || 'nothing';
  return new Problem(
    'illegal-transition',
    `${refusal.action} is not possible on warning ${warning.id} (${refusal.obstacle}); legal now: ${legal}`,
    { obstacle: refusal.obstacle, legal: refusal.legal },
  );
}

/** 503: the outcome of a write is not known. */
export const notReady = (): Problem =>
  new Problem('not-ready', 'the database does not answer; nothing was changed for certain – look again and repeat the action');
