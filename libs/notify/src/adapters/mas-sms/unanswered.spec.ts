import { expect, it } from 'vitest';
import { Unanswered } from './unanswered.js';

const T = Date.parse('2026-07-01T15:20:00+08:00');
const [mine, other] = ['13900000001', '13900000002'];

it('knows a lost submission by number and second', () => {
  const lost = new Unanswered();
  lost.lost('d1', mine, T);
  expect(lost.ownerOf('g1', mine, T + 1_000)).toBe('d1');
  expect(lost.ownerOf('g1', mine, T - 1_000)).toBe('d1');
  for (const [to, at] of [
    [other, T],
    [mine, T - 60_000],
    [mine, T + 60_000],
    [mine, undefined],
  ] as const)
    expect(lost.ownerOf('g1', to, at)).toBeUndefined();
});

it('guesses nothing: two that fit are none, and what an answer has named is not lost', () => {
  const lost = new Unanswered();
  lost.lost('d1', mine, T);
  lost.answered('g1');
  expect(lost.ownerOf('g1', mine, T)).toBeUndefined();
  lost.lost('d2', mine, T + 2_000);
  expect(lost.ownerOf('g2', mine, T + 1_000)).toBeUndefined();
});

it('forgets what is an hour old', () => {
  const lost = new Unanswered();
  lost.lost('d1', mine, T);
  lost.lost('d2', other, T + 3_600_001);
  expect(lost.ownerOf('g1', mine, T)).toBeUndefined();
});
