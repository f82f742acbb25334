import type { SystemAlarm } from '#libs/contracts';
import { describe, expect, it } from 'vitest';
import { alarmsInOrder, warningOf } from './alarms.js';

const alarm = (code: string, level: SystemAlarm['level'], owner?: SystemAlarm['owner']): SystemAlarm => ({
  code,
  level,
  standing: true,
  text: { zh: code, en: code },
  ...(owner ? { owner } : {}),
});

describe('alarms above the page', () => {
  it('are the strongest first, the station’s own before those that wait for somebody, the latest before older ones', () => {
    const told = [
      alarm('late', 'yellow'),
      alarm('tasks-overdue:w1', 'red', 'duty'),
      alarm('no-way-to-send-sms', 'red'),
      alarm('tasks-overdue:w2', 'red', 'duty'),
    ];
    expect(alarmsInOrder(told).map(({ code }) => code)).toEqual(['no-way-to-send-sms', 'tasks-overdue:w2', 'tasks-overdue:w1', 'late']);
  });

  it('lead to the warning they are about, where there is one', () => {
    const warnings = new Map([['w1', {}]]);
    const codes = ['tasks-overdue:w1', 'silent:public:w1', 'decide-overdue:w2', 'rulebook-folder', 'flood:513221'];
    expect(codes.map((code) => warningOf({ code }, warnings))).toEqual(['w1', 'w1', undefined, undefined, undefined]);
  });
});
