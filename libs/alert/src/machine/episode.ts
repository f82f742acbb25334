import type { EpisodeState } from '#libs/contracts';

/** What can happen to an episode. Rule triggers come from decisions, person triggers from actions, `validity-end` from the wall clock. */
export const episodeTriggers = [
  'rule-confirms',
  'rule-lapses',
  'person-confirms',
  'person-closes',
  'person-cancels',
  'new-episode',
  'validity-end',
] as const;
export type EpisodeTrigger = (typeof episodeTriggers)[number];

/**
 * The episode machine, whole (design.md §2): what is happening on the slope. A confirmed episode never falls back to
 * candidate and never ends because the rule went quiet: people were told, so a person or the validity ends it
 * (domain.md §7c 11). A candidate nobody was told of in public lapses by itself.
 */
export const episodeTable: Readonly<Record<EpisodeState, Partial<Record<EpisodeTrigger, EpisodeState>>>> = {
  candidate: {
    'rule-confirms': 'confirmed',
    'rule-lapses': 'expired',
    'person-confirms': 'confirmed',
    'person-closes': 'closed',
    'person-cancels': 'cancelled',
    'new-episode': 'closed',
    'validity-end': 'expired',
  },
  confirmed: {
    'person-closes': 'closed',
    'person-cancels': 'cancelled',
    'new-episode': 'closed',
    'validity-end': 'expired',
  },
  closed: {},
  expired: {},
  cancelled: {},
};

/** What can still happen to an episode in this state; nothing once it is over. */
export const legalEpisodeTriggers = (state: EpisodeState): EpisodeTrigger[] => Object.keys(episodeTable[state]) as EpisodeTrigger[];

/** Whether the episode lives: candidate or confirmed. */
export const isOpen = (state: EpisodeState): boolean => legalEpisodeTriggers(state).length > 0;

export type EpisodeStep = { ok: true; state: EpisodeState } | { ok: false; reason: 'illegal-transition'; legal: EpisodeTrigger[] };

/** Next state, or the refusal naming what is legal. */
export function stepEpisode(state: EpisodeState, trigger: EpisodeTrigger): EpisodeStep {
  const next = episodeTable[state][trigger];
  return next ? { ok: true, state: next } : { ok: false, reason: 'illegal-transition', legal: legalEpisodeTriggers(state) };
}
