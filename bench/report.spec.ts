import { describe, expect, it } from 'vitest';
import { check, figureOf, reportOf, tableOf } from './report.js';

const figures = { ack: { p50: 3, p99: 12 }, ratio: 0.5 };

describe('report', () => {
  it('finds a figure by its dotted name', () => {
    expect(figureOf(figures, 'ack.p99')).toBe(12);
    expect(figureOf(figures, 'ack.p42')).toBeNaN();
    expect(figureOf(figures, 'ratio.p50')).toBeNaN();
  });

  it.each([
    ['min', 0.4, 0.6, true, false],
    ['min', 0.4, 0.5, true, true],
    ['min', 0.6, undefined, false, false],
    ['max', 0.5, 0.1, true, false],
    ['max', 0.4, undefined, false, false],
  ] as const)('%s %f, goal %s: pass %s, reached %s', (is, floor, goal, pass, reached) => {
    expect(check({ figure: 'ratio', is, floor, goal }, figures)).toMatchObject({ pass, reached, value: 0.5 });
  });

  it('fails when a figure is not there: a bench that measured nothing has not passed', () => {
    expect(check({ figure: 'no.such', is: 'max', floor: 10 }, figures)).toMatchObject({ pass: false, value: null });
  });

  it('says on what and of which commit it was measured', () => {
    const report = reportOf('ingest', { method: 'closed loop', figures, bounds: [{ figure: 'ack.p99', is: 'max', floor: 10 }] });
    expect(report.pass).toBe(false);
    expect(report.machine.cores).toBeGreaterThan(0);
    expect(report.machine.postgres).toContain('embedded');
    expect(tableOf(report)).toContain('FAIL');
    expect(tableOf(report)).toContain(report.commit);
  });
});
