/**
 * Where records go. `up`: PostgreSQL. `away`: the journal; red and orange are sent from it. `draining`: the database
 * answers again, and what the journal holds is brought in, in order, while new records go on to its end.
 */
export const modes = ['up', 'away', 'draining'] as const;
export type Mode = (typeof modes)[number];

/** What happens: a failure that a probe confirmed, a probe that answers again, a journal that is empty. */
export type Happening = 'lost' | 'answers' | 'drained';

const after: Record<Mode, Partial<Record<Happening, Mode>>> = {
  up: { lost: 'away' },
  away: { answers: 'draining' },
  draining: { lost: 'away', drained: 'up' },
};

/** The mode afterwards; the same one where nothing follows from what happened (a late failure of the statement before last). */
export const next = (mode: Mode, happening: Happening): Mode => after[mode][happening] ?? mode;
