import { expect, it, vi } from 'vitest';
import { fetched, NotToBeHad } from './timescale-lack.mjs';
import { runOnTimescale } from './timescale-suite.mjs';

const server = () => ({ url: 'postgres://here', version: '2.19.3', stop: vi.fn<() => Promise<void>>(() => Promise.resolve()) });
const machine = (over: object) => ({ given: undefined, whyNot: () => undefined, start: () => Promise.resolve(server()), ...over });

it('a machine that can not have it says why, and the suite does not run', async () => {
  const suite = vi.fn<() => Promise<void>>();
  const outcome = await runOnTimescale(suite, machine({ whyNot: () => 'no docker command, and debootstrap needs root' }));
  expect(outcome).toEqual({ notRun: ['wire on TimescaleDB: no docker command, and debootstrap needs root'], results: [] });
  expect(suite).not.toHaveBeenCalled();
});

it('what can not be fetched is not run, with its reason', async () => {
  const start = () => fetched('TimescaleDB of Debian 13', () => Promise.reject(new Error('no network')));
  const { notRun, results } = await runOnTimescale(() => Promise.resolve(), machine({ start }));
  expect(notRun).toEqual(['wire on TimescaleDB: TimescaleDB of Debian 13 could not be fetched: no network']);
  expect(results).toEqual([]);
});

it('a server that is there and does not start is a failure', async () => {
  const start = () => Promise.reject(new Error('TimescaleDB did not start within 90 s'));
  const { notRun, results } = await runOnTimescale(() => Promise.resolve(), machine({ start }));
  expect(notRun).toEqual([]);
  expect(results).toMatchObject([{ name: 'wire on TimescaleDB', passed: 0, failed: 1, note: 'TimescaleDB did not start within 90 s' }]);
});

it('what is fetched is handed on, and an error after it keeps its kind', async () => {
  expect(await fetched('it', () => Promise.resolve('here'))).toBe('here');
  await expect(fetched('it', () => Promise.reject(new Error('no')))).rejects.toBeInstanceOf(NotToBeHad);
});

it('runs on the server that is named or started, and stops what it started also when the suite breaks off', async () => {
  const suite = vi.fn<(suite: { env: object }) => Promise<void>>(() => Promise.resolve());
  await runOnTimescale(suite, machine({ given: 'postgres://given' }));
  expect(suite.mock.lastCall?.[0].env).toEqual({ WANGSHAN_TEST_DATABASE: 'postgres://given' });
  const started = server();
  const broken = () => Promise.reject(new Error('broken off'));
  await expect(runOnTimescale(broken, machine({ start: () => Promise.resolve(started) }))).rejects.toThrow('broken off');
  expect(started.stop).toHaveBeenCalledOnce();
});
