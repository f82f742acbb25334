import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildFrame, codecOf } from '#devices';
import { GroupCommitter, Intake, type Packet } from '#libs/ingest';
import { loadCatalogue } from '#libs/platform';
import { fakeDevice, fakePoint, fakeRegistry } from '../../../ingest/src/fakes/registry.js';
import { recordsDatabase, type RecordsDatabase } from '../fakes/records.js';
import { qualityOf } from './quality.js';
import { pgReadings } from './reading.js';

/** The way of a payload from the wire to PostgreSQL, with something poisonous among a thousand good readings of other devices. */
const now = Date.parse('2026-11-20T12:00:00Z');
const soon = new Date(now - 1000).toISOString();
const registry = fakeRegistry([fakeDevice('A'), ...Array.from({ length: 10 }, (_, n) => fakeDevice(`G${n}`))], [fakePoint('513221010001')]);
const catalogue = loadCatalogue();

let home: RecordsDatabase;
beforeAll(async () => {
  home = await recordsDatabase('poison');
});
afterAll(() => home?.close());
beforeEach(() => home.db.run('truncate ingest.reading_row, ingest.quarantine'));

const packet = (deviceId: string, payload: Uint8Array): Packet => ({ deviceId, topic: '$dp', payload, dup: false, receivedAt: now });
const good = (n: number): Packet => {
  const deviceId = `G${n % 10}`;
  const times = Array.from({ length: 10 }, (_, at) => [new Date(now - (n * 10 + at) * 1000).toISOString(), at]);
  return packet(deviceId, buildFrame(2, { [deviceId]: { L1_LF_1: Object.fromEntries(times) as object } }));
};

/** What the payload and a thousand readings around it became. */
async function take(payload: Uint8Array) {
  let ids = 0;
  const intake = new Intake({ registry, catalogue, codecOf, newId: () => `q${(ids += 1)}` });
  const committer = new GroupCommitter({
    store: pgReadings(home.db),
    lastSeq: 0,
    maxWaiting: 20_000,
    maxBatch: 3000,
    announce: () => Promise.resolve(),
    announceFailed: (error) => expect.fail(String(error)),
  });
  const packets = Array.from({ length: 100 }, (_, n) => good(n));
  packets.splice(50, 0, packet('A', payload));
  await Promise.all(
    packets.map((each) => {
      const { readings, quarantine } = intake.read(each);
      return committer.add(readings, quarantine);
    }),
  );
  await committer.drain();
  const rows = await home.db.query<{ device_id: string; value: number; quality: number }>(
    'select s.device_id, r.value, r.quality from ingest.reading r join ingest.series s on s.key = r.series',
  );
  const aside = await home.db.query<{ device_id: string; reason: string; payload: Buffer }>(
    'select device_id, reason, payload from ingest.quarantine',
  );
  return {
    good: rows.filter(({ device_id }) => device_id !== 'A').length,
    stored: rows.filter(({ device_id }) => device_id === 'A').map(({ value, quality }) => [value, qualityOf(quality)]),
    aside,
  };
}
/** JSON is written by hand: what is poisonous must not be mended on the way. */
const text = (json: string): Uint8Array => new TextEncoder().encode(json);
const crack = (value: string, time = soon): Uint8Array => text(`{"A":{"L1_LF_1":{"${time}":${value}}}}`);

describe('poison among a thousand good readings is put aside with its bytes and a reason; the rest is stored', () => {
  it.each<[string, Uint8Array, string]>([
    ['NaN as a bare word', crack('NaN'), 'unreadable-json'],
    ['NaN as text', crack('"NaN"'), 'bad-value'],
    ['true in millimetres', crack('true'), 'bad-value'],
    ['infinity', crack('1e999'), 'bad-value'],
    ['minus infinity as text', crack('"-Infinity"'), 'bad-value'],
    ['U+0000 in a sensor code', text(`{"A":{"L1_LF_1\\u0000":{"${soon}":1}}}`), 'unknown-code'],
    ['half a surrogate pair in a sensor code', text(`{"A":{"L1_LF_\\ud800":{"${soon}":1}}}`), 'unknown-code'],
    ['half a surrogate pair in a device id', text(`{"A\\ud800":{"L1_LF_1":{"${soon}":1}}}`), 'foreign-device'],
    ['U+0000 in a field of a map', text('{"A":{"S1_ZT_1":{"sensor_state":{"L1\\u0000":1}}}}'), 'unknown-code'],
    ['bytes that are no UTF-8', Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'unreadable-json'],
    ['a sensor number of 9,000 digits', text(`{"A":{"L1_LF_${'1234567890'.repeat(900)}":{"${soon}":1}}}`), 'unknown-code'],
    ['a field name of 9,000 letters', text(`{"A":{"S1_ZT_1":{"sensor_state":{"${'abcdefghi'.repeat(1000)}":1}}}}`), 'unknown-code'],
    ['the 30th of February', crack('1', '2026-02-30T00:00:00Z'), 'bad-time'],
    ['the year 1970', crack('1', '1970-01-01T00:00:00Z'), 'bad-time'],
    ['the year 2500', crack('1', '2500-01-01T00:00:00Z'), 'bad-time'],
    ['a year of six digits', buildFrame(2, { A: { L1_LF_1: { '+275760-09-13T00:00:00Z': 1 } } }), 'bad-time'],
    ['eleven minutes ahead', crack('1', new Date(now + 660_000).toISOString()), 'clock-ahead'],
  ])('%s', async (_, payload, reason) => {
    const { good: stored, stored: poison, aside } = await take(payload);
    expect(stored).toBe(1000);
    expect(poison).toEqual([]);
    expect(aside.map((each) => [each.device_id, each.reason])).toEqual([['A', reason]]);
    expect(aside[0]?.payload.equals(payload)).toBe(true);
  });

  it.each<[string, Uint8Array, [number, string[]]]>([
    ['the largest double', crack('1.7976931348623157e308'), [Number.MAX_VALUE, ['range']]],
    ['the smallest double', crack('5e-324'), [5e-324, []]],
    ['minus zero', crack('-0'), [0, []]],
    ['a clock that lost twenty years', crack('1', '2006-04-06T00:00:00Z'), [1, ['clock', 'late']]],
  ])('%s is a value: stored, flagged where it must be', async (_, payload, [value, flags]) => {
    const { good: stored, stored: poison, aside } = await take(payload);
    expect([stored, aside]).toEqual([1000, []]);
    expect(poison).toEqual([[value, flags]]);
  });
});
