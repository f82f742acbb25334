import { describe, expect, it } from 'vitest';
import type { WarningLevel } from '../point/level.js';
import { isTold, ToldFrom, toldPosts } from './told-from.js';

const told = (level: WarningLevel, ...says: ToldFrom[]) => toldPosts.filter((post) => isTold(post, level, says)).toSorted();

describe('who is told at a level', () => {
  it('grows with the level, as in domain.md §2.8', () => {
    const blue = ['county', 'monitor', 'responsible', 'township', 'village'];
    const yellow = [...blue, 'bureau', 'technical', 'township-leader'];
    const orange = [...yellow, 'deputy-head', 'expert', 'orders'];
    expect(told('blue')).toEqual(blue);
    expect(told('yellow')).toEqual(yellow.toSorted());
    expect(told('orange')).toEqual(orange.toSorted());
    expect(told('red')).toEqual([...orange, 'head'].toSorted());
  });

  it('the division says more than the county, and the county more than the table', () => {
    expect(told('blue', { head: 'blue', village: 'red' }, { head: 'never' })).toEqual(['county', 'monitor', 'responsible', 'township']);
    expect(told('red', { head: 'never' })).not.toContain('head');
  });

  it('nobody switches off the monitor', () => {
    expect(ToldFrom.safeParse({ monitor: 'never' }).success).toBe(false);
    expect(ToldFrom.safeParse({ mayor: 'red' }).success).toBe(false);
  });
});
