import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Journal, JournalError } from './journal.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('Journal', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'wangshan-journal-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  const contents = async (journal: Journal, section: string, after = 0): Promise<[number, string][]> => {
    const found: [number, string][] = [];
    for await (const record of journal.read(section, after)) found.push([record.position, new TextDecoder().decode(record.bytes)]);
    return found;
  };

  it('gives back what was appended, in order, section by section, also after a restart', async () => {
    const journal = await Journal.open(home);
    await Promise.all(['one', 'two', 'three'].map((word) => journal.append('a', bytes(word))));
    expect(await journal.append('a-b', bytes('other'))).toBe(1);
    await journal.close();
    const again = await Journal.open(home);
    expect(await contents(again, 'a')).toEqual([
      [1, 'one'],
      [2, 'two'],
      [3, 'three'],
    ]);
    expect(await contents(again, 'a', 2)).toEqual([[3, 'three']]);
    expect(await contents(again, 'a-b')).toEqual([[1, 'other']]);
    expect(await contents(again, 'b')).toEqual([]);
    await again.close();
  });

  it('never gives a position twice, also when everything was removed before a restart', async () => {
    const journal = await Journal.open(home);
    for (let n = 0; n < 12; n += 1) await journal.append('a', bytes(`${n}`));
    await journal.remove('a', 12);
    await journal.close();
    const again = await Journal.open(home);
    expect(await contents(again, 'a')).toEqual([]);
    expect(again.last('a')).toBe(12);
    expect(await again.append('a', bytes('next'))).toBe(13);
    await again.close();
  });

  it('says so when another process has it', async () => {
    const journal = await Journal.open(home);
    await expect(Journal.open(home)).rejects.toThrow(/in use by another process/);
    await journal.close();
  });

  it('refuses a section whose name would run into another', async () => {
    const journal = await Journal.open(home);
    for (const name of ['', 'A', 'a/b', '!last', 'ä']) expect(() => journal.append(name, bytes(''))).toThrow(JournalError);
    await journal.close();
  });

  it('fails an append by name once it is closed', async () => {
    const journal = await Journal.open(home);
    await journal.close();
    await expect(journal.append('a', bytes('late'))).rejects.toThrow(/journal can't be written/);
  });

  it('is a list with a moving start, whatever is done to it', async () => {
    const command = fc.oneof(
      fc.record({ do: fc.constant('append' as const), value: fc.uint8Array({ maxLength: 40 }) }),
      fc.record({ do: fc.constant('remove' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
      fc.record({ do: fc.constant('restart' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 25 }), async (commands) => {
        const directory = await mkdtemp(join(home, 'run-'));
        let journal = await Journal.open(directory);
        let model: [number, number[]][] = [];
        let last = 0;
        for (const step of commands) {
          if (step.do === 'append') model.push([(last = await journal.append('x', step.value)), [...step.value]]);
          else if (step.do === 'remove') {
            const upTo = Math.floor(last * step.share);
            await journal.remove('x', upTo);
            model = model.filter(([position]) => position > upTo);
          } else {
            await journal.close();
            journal = await Journal.open(directory);
          }
        }
        const found: [number, number[]][] = [];
        for await (const record of journal.read('x')) found.push([record.position, [...record.bytes]]);
        await journal.close();
        expect(found).toEqual(model);
        expect(model.map(([position]) => position)).toEqual(model.map((_, n) => last - model.length + 1 + n));
      }),
      { numRuns: 25 },
    );
  });
});
