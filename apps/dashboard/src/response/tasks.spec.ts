import type { DefenceResponse, TaskView } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { inOrder, newest, placeOf, responseOf } from './tasks.js';

const task = (id: string, state: TaskView['state'], dueAt = '2026-07-01T00:00:00Z', version = 1): TaskView => ({
  id,
  state,
  dueAt,
  version,
  kind: 'response',
  warningId: 'w',
  hazardPoint: '513221010001',
  divisionCode: '513221',
  exercise: false,
  level: 'red',
  title: { zh: '巡查', en: 'Patrol' },
  owner: { role: 'monitor' },
  createdAt: dueAt,
  steps: [],
  pointName: '坡',
  legal: ['start'],
});
const response = (id: string, divisionCode: string, more: Partial<DefenceResponse> = {}): DefenceResponse => ({
  id,
  divisionCode,
  level: 'III',
  state: 'in-force',
  steps: [],
  version: 1,
  ...more,
});

describe('tasks', () => {
  it('show what needs somebody first', () => {
    const tasks = [task('done', 'closed'), task('late', 'overdue'), task('b', 'to-check', '2026-07-02T00:00:00Z'), task('a', 'to-check')];
    expect(inOrder(tasks).map(({ id }) => id)).toEqual(['late', 'a', 'b', 'done']);
  });

  it('follow the wall, which does not know what this user may do', () => {
    const told = new Map([['a', task('a', 'checking', undefined, 2)]]);
    expect(newest([task('a', 'to-check'), task('b', 'to-check')], told)).toMatchObject([
      { state: 'checking', legal: [] },
      { state: 'to-check', legal: ['start'] },
    ]);
    expect(newest([task('a', 'reported', undefined, 3)], told)[0]?.state).toBe('reported');
  });

  it('say where somebody stands whom they are about', () => {
    const places = ['household:c1:householder', 'household:c1:member-2', 'work:k1:ordered-by', 'work:k1:chain-0', 'duty:1', 'household:c1'];
    expect([...places, undefined].map((recipient) => Object.values(placeOf(recipient)).join(' '))).toEqual([
      'householder',
      'member',
      'ordered-by',
      'chain',
      'duty 2',
      '',
      '',
    ]);
  });
});

describe('the response of a point', () => {
  const point = { hazardPoint: '513221010001', divisionCode: '513221010' };
  it('is its own, else that of the nearest division; what has ended is none', () => {
    const city = response('city', '5132');
    const county = response('county', '513221');
    expect(responseOf([city, county], point)?.id).toBe('county');
    expect(responseOf([city, response('own', '513221010', { hazardPoint: point.hazardPoint })], point)?.id).toBe('own');
    expect(responseOf([response('x', '513221', { state: 'ended' }), response('y', '99')], point)).toBeUndefined();
    expect(responseOf([response('z', '513221010', { hazardPoint: '513221019999' })], point)).toBeUndefined();
  });
});
