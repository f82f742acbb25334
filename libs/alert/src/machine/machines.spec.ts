import { episodeStates, releaseScopes, releaseStates } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { episodeTriggers, isOpen, legalEpisodeTriggers, stepEpisode } from './episode.js';
import { isOut, isOver, legalReleaseTriggers, releaseTriggers, stepRelease } from './release.js';

/** The whole tables, written out once more by hand: a changed edge must be changed twice. */
const episodeEdges = [
  'candidate rule-confirms confirmed',
  'candidate rule-lapses expired',
  'candidate person-confirms confirmed',
  'candidate person-closes closed',
  'candidate person-cancels cancelled',
  'candidate new-episode closed',
  'candidate validity-end expired',
  'confirmed person-closes closed',
  'confirmed person-cancels cancelled',
  'confirmed new-episode closed',
  'confirmed validity-end expired',
];
const publicEdges = [
  'none propose proposed',
  'proposed consult technical',
  'technical decide administrative',
  'administrative sign signed',
  'signed publish published',
  ...['none', 'proposed', 'technical', 'administrative', 'signed'].map((state) => `${state} plan-publish published`),
  ...['published', 'adjusted'].flatMap((state) => [
    `${state} adjust adjusted`,
    `${state} plan-adjust adjusted`,
    `${state} ratify ${state}`,
    `${state} expire ${state}`,
    `${state} cancel cancelled`,
    `${state} all-clear all-clear`,
  ]),
];
const internalEdges = [
  'none automatic published',
  'none publish published',
  ...['published', 'adjusted'].flatMap((state) => [
    `${state} automatic adjusted`,
    `${state} adjust adjusted`,
    `${state} expire ${state}`,
    `${state} cancel cancelled`,
    `${state} all-clear all-clear`,
  ]),
];

describe('episode machine', () => {
  it('has exactly these edges and refuses the rest naming what is legal', () => {
    const edges = episodeStates.flatMap((state) =>
      episodeTriggers.flatMap((trigger) => {
        const step = stepEpisode(state, trigger);
        expect(step.ok ? [] : step.legal).toEqual(step.ok ? [] : legalEpisodeTriggers(state));
        return step.ok ? [`${state} ${trigger} ${step.state}`] : [];
      }),
    );
    expect(edges.toSorted()).toEqual(episodeEdges.toSorted());
    expect(episodeStates.filter(isOpen)).toEqual(['candidate', 'confirmed']);
  });
});

describe('release machine', () => {
  it.each(releaseScopes)('%s: has exactly these edges and refuses the rest naming what is legal', (scope) => {
    const edges = releaseStates.flatMap((state) =>
      releaseTriggers.flatMap((trigger) => {
        const step = stepRelease(scope, state, trigger);
        expect(step.ok ? [] : step.legal).toEqual(step.ok ? [] : legalReleaseTriggers(scope, state));
        return step.ok ? [`${state} ${trigger} ${step.state}`] : [];
      }),
    );
    expect(edges.toSorted()).toEqual((scope === 'public' ? publicEdges : internalEdges).toSorted());
  });

  it('has no way back from its last word', () => {
    for (const state of releaseStates.filter(isOver)) expect(legalReleaseTriggers('public', state)).toEqual([]);
    expect(releaseStates.filter(isOut)).toEqual(['published', 'adjusted']);
  });
});
