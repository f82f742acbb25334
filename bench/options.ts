import { parseArgs } from 'node:util';

/** A flag that makes no sense: said to the person, with what would. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface BenchOptions {
  /** Length of the measured stretch, s. */
  seconds: number;
  /**
   * Not measured, s: compilers and caches warm up, and the windows of the bench's rules fill. Those of the velocities are ten seconds: shorter, and the
   * measured stretch begins with every point deciding for the first time in one second, which no running county does.
   */
  warmUp: number;
  clients: number;
  inFlight: number;
  /** Devices at one hazard point. */
  perPoint: number;
  /** Messages a second; undefined = closed loop. */
  open: number | undefined;
  connections: number;
  rows: number;
  /** Data directory of the query bench to be kept, or kept by an earlier run: filling it takes longer than measuring. */
  past: string | undefined;
  /** Directory for a CPU profile of the station. */
  profile: string | undefined;
  json: boolean;
}

const numbers = {
  seconds: 30,
  'warm-up': 15,
  clients: 200,
  'in-flight': 8,
  'per-point': 4,
  connections: 18_000,
  rows: 50_000_000,
} as const;

/** @throws UsageError naming the flag */
export function readOptions(args: readonly string[]): { bench: string | undefined; options: BenchOptions } {
  const text = { type: 'string' } as const;
  const parsed = parse(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        seconds: text,
        'warm-up': text,
        clients: text,
        'in-flight': text,
        'per-point': text,
        open: text,
        connections: text,
        rows: text,
        past: text,
        profile: text,
        json: { type: 'boolean', default: false },
      },
    }),
  );
  const { values, positionals } = parsed;
  const number = (name: keyof typeof numbers): number => whole(name, values[name]) ?? numbers[name];
  return {
    bench: positionals[0],
    options: {
      seconds: number('seconds'),
      warmUp: number('warm-up'),
      clients: number('clients'),
      inFlight: number('in-flight'),
      perPoint: number('per-point'),
      open: whole('open', values.open),
      connections: number('connections'),
      rows: number('rows'),
      past: values.past,
      profile: values.profile,
      json: values.json,
    },
  };
}

function parse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function whole(name: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const value = Number(given.replaceAll('_', ''));
  if (!Number.isInteger(value) || value < 0 || (value === 0 && name !== 'warm-up'))
    throw new UsageError(`--${name} ${given}: expected a whole number above 0`);
  return value;
}
