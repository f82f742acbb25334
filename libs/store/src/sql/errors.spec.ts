import { DatabaseError } from 'pg';
import { describe, expect, it } from 'vitest';
import { DataRefused, StoreAway, storeError } from './errors.js';

const answer = (code: string): DatabaseError => Object.assign(new DatabaseError('told by the server', 1, 'error'), { code });
const system = (code: string, syscall: string): Error => Object.assign(new Error(`${syscall} ${code}`), { code, syscall });

describe('what an error of the driver means', () => {
  it.each(['08006', '25006', '40P01', '53100', '53300', '57P03', '57014', '58030', 'XX001'])('%s: away, nothing written', (code) => {
    expect(storeError(answer(code))).toMatchObject({ name: 'StoreAway', outcomeUnknown: false });
  });

  it('57014: away as well, but says which statement was given up', () => {
    expect(storeError(answer('57014'), '  select\n  1 ')).toMatchObject({
      name: 'StoreAway',
      outcomeUnknown: false,
      message: expect.stringMatching(/the database is there.*: select 1$/) as string,
    });
    expect(storeError(answer('53100'), 'select 1')).toMatchObject({ message: expect.stringContaining('database is away') as string });
  });

  it.each(['57P01', '57P02'])('%s: away, perhaps written', (code) => {
    expect(storeError(answer(code))).toMatchObject({ name: 'StoreAway', outcomeUnknown: true });
  });

  it.each(['22021', '22P02', '23505', '23514', '54000'])('%s: this data never', (code) => {
    expect(storeError(answer(code))).toMatchObject({ name: 'DataRefused', sqlState: code });
  });

  it.each(['42P01', '42501', '28P01'])('%s: a fault of ours, shown as it is', (code) => {
    const error = answer(code);
    expect(storeError(error)).toBe(error);
  });

  it.each([
    [system('ECONNREFUSED', 'connect'), false],
    [new AggregateError([system('ECONNREFUSED', 'connect'), system('ECONNREFUSED', 'connect')]), false],
    [new Error('timeout exceeded when trying to connect'), false],
    [system('ECONNRESET', 'read'), true],
    [system('EPIPE', 'write'), true],
    [new Error('Connection terminated unexpectedly'), true],
    [new Error('Query read timeout'), true],
  ])('%s: away, perhaps written: %s', (error, outcomeUnknown) => {
    expect(storeError(error)).toMatchObject({ name: 'StoreAway', outcomeUnknown });
  });

  it('leaves what it does not know, and what it has judged already, alone', () => {
    for (const error of [new TypeError('x is not a function'), new StoreAway('a', false), new DataRefused('b', '22021', undefined), 'text'])
      expect(storeError(error)).toBe(error);
  });
});
