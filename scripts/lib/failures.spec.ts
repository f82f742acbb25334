import { describe, expect, it } from 'vitest';
import { failuresOf } from './failures.mjs';

const report = (testResults: object[]) => ({ testResults });

describe('what failed, at the end of a long log', () => {
  it('names file, test and the beginning of the message', () => {
    const long = ['Error: expected 3 to be 4', '', ...Array.from({ length: 40 }, (_, at) => `    at line ${at}`)].join('\n');
    const file = {
      name: '/w/drills/kill.drill.ts',
      status: 'failed',
      assertionResults: [
        { status: 'passed', fullName: 'a station starts' },
        { status: 'failed', fullName: 'a station survives', failureMessages: [long] },
      ],
    };
    const [said = '', ...others] = failuresOf(report([file]), '/w');
    expect(others).toEqual([]);
    expect(said.split('\n').slice(0, 3)).toEqual([
      'drills/kill.drill.ts > a station survives',
      '    Error: expected 3 to be 4',
      '    at line 0',
    ]);
    expect(said.split('\n')).toHaveLength(13);
  });

  it('tells of a file that could not be loaded', () => {
    expect(failuresOf(report([{ name: '/w/a.spec.ts', status: 'failed', message: 'no such module', assertionResults: [] }]), '/w')).toEqual(
      ['a.spec.ts\n    no such module'],
    );
  });

  it('is nothing where all passed or were skipped', () => {
    const assertionResults = [
      { status: 'passed', fullName: 'a' },
      { status: 'pending', fullName: 'b' },
    ];
    expect(failuresOf(report([{ name: '/w/a.spec.ts', status: 'passed', assertionResults }]), '/w')).toEqual([]);
  });
});
