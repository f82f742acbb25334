import { describe, expect, it } from 'vitest';
import { readOptions, UsageError } from './options.js';

describe('options of a bench', () => {
  it('are those of the method when nothing is given', () => {
    expect(readOptions(['ingest'])).toEqual({
      bench: 'ingest',
      options: {
        seconds: 30,
        warmUp: 15,
        clients: 200,
        inFlight: 8,
        perPoint: 4,
        open: undefined,
        connections: 18_000,
        rows: 50_000_000,
        past: undefined,
        profile: undefined,
        json: false,
      },
    });
  });

  it('are read from the command line', () => {
    const { options } = readOptions(['ingest', '--open', '5000', '--seconds', '3', '--warm-up', '0', '--rows', '1_000', '--json']);
    expect(options).toMatchObject({ open: 5000, seconds: 3, warmUp: 0, rows: 1000, json: true });
  });

  it.each([['--seconds', '0'], ['--clients', 'many'], ['--rows', '1.5'], ['--speed', '3'], ['--open']])('refuses %s %s', (...words) => {
    expect(() => readOptions(['ingest', ...words])).toThrow(UsageError);
  });
});
