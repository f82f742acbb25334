import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InProcessBus, Journal, Metrics, wallClock } from '#libs/platform';
import { PATIENCE_MS } from '#libs/testing';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../embedded/index.js';
import { Database } from '../sql/database.js';
import { StoreAway } from '../sql/errors.js';
import { aCommand } from '../../../command/src/fakes/fake-downlink.js';
import { anEvent, anIntent, aWarning, dataKey, silent } from '../fakes/records.js';
import { openFailoverStore, type FailoverStore } from './failover-store.js';
import { readLastGood } from './last-good.js';
import { Lease, LeaseHeld } from './lease.js';

describe('a store whose database goes away', () => {
  let home: string;
  let server: EmbeddedPostgres;
  let journal: Journal;
  let store: FailoverStore;
  const bus = new InProcessBus();
  const lost: string[] = [];

  const open = () =>
    openFailoverStore({
      url: server.url,
      bus,
      dataKey,
      logger: silent,
      metrics: new Metrics(),
      clock: wallClock,
      journal,
      station: 'here',
      dataDir: home,
      lost: (why) => void lost.push(why),
    });
  const untilMode = async (mode: string): Promise<void> => {
    const end = Date.now() + PATIENCE_MS;
    while (store.failover.state().mode !== mode) {
      if (Date.now() > end) throw new Error(`still ${store.failover.state().mode}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const reading = (seq: number, time = seq) => ({
    deviceId: 'd1',
    hazardPoint: 'p1',
    channel: 'c1',
    time: 1_700_000_000_000 + time * 1_000,
    value: seq,
    quality: [],
    receivedAt: 1_700_000_000_000,
    seq,
  });
  const commit = (...seqs: number[]) => store.readings.commit({ readings: seqs.map((seq) => reading(seq)), quarantine: [] });

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'wangshan-failover-'));
    await chmod(home, 0o755);
    server = await startEmbeddedPostgres({ dataDir: home, port: 0, durable: false, say: () => undefined });
    journal = await Journal.open(join(home, 'journal'));
    store = await open();
  });
  afterAll(async () => {
    await store.close();
    await journal.close();
    await server.stop();
    await rm(home, { recursive: true, force: true });
  });

  it('keeps everybody at work from the journal, and brings it all in', async () => {
    await commit(1, 2);
    await store.ledger.write({
      warnings: [aWarning({ id: 'w0' })],
      events: [anEvent('e1')],
      deliveries: [anIntent('waiting', { warningId: 'w0' })],
    });
    await server.stop();

    expect([...(await commit(2, 3)).storedSeqs], 'a resend of what was committed is no news').toEqual([3]);
    expect(store.failover.state()).toMatchObject({ mode: 'away', readings: { readings: 2 } });
    // Written to the database just before, not yet sent: sent from the journal.
    const events = await store.ledger.write({
      warnings: [aWarning({ id: 'w1' })],
      events: [anEvent('e2')],
      deliveries: [anIntent('red', { warningId: 'w1' }), anIntent('yellow', { warningId: 'w1', priority: 2 })],
    });
    expect(events).toMatchObject([{ id: 'e2', seq: 2 }]);
    expect((await store.outbox.claim('w', 10, 5_000)).map(({ id }) => id).toSorted()).toEqual(['red', 'waiting']);
    expect(await store.outbox.settle('red', 'w', { status: 'accepted', provider: 'p', providerId: 'x' })).toBe(true);
    expect((await store.warnings.open()).map(({ id }) => id).toSorted()).toEqual(['w0', 'w1']);
    expect((await store.events.since(0, '', 10)).map(({ id }) => id)).toEqual(['e1', 'e2']);
    await expect(store.registry.load()).rejects.toBeInstanceOf(StoreAway);

    server = await startEmbeddedPostgres({ dataDir: home, port: server.port, durable: false, say: () => undefined });
    await untilMode('up');
    expect(await store.readings.lastSeq()).toBe(3);
    expect(await store.events.since(0, '', 10)).toMatchObject([
      { id: 'e1', seq: 1 },
      { id: 'e2', seq: 2 },
    ]);
    const deliveries = Object.fromEntries(
      await Promise.all(['w0', 'w1'].map(async (id) => [id, (await store.outbox.summary(id)).byStatus])),
    ) as unknown;
    expect(deliveries).toEqual({ w0: { sending: 1 }, w1: { accepted: 1, pending: 1 } });
    // The message under way when the database came back is settled there by who claimed it in the journal.
    expect(await store.outbox.settle('waiting', 'w', { status: 'accepted', provider: 'p', providerId: 'y' })).toBe(true);
    expect(await store.ledger.write({ events: [anEvent('e2'), anEvent('e3')] })).toMatchObject([{ id: 'e3', seq: 3 }]);
    expect(store.failover.state().readings).toMatchObject({ records: 0, bytes: 0 });
  });

  it('hears without it that a message sent before has failed: the next way is taken at once, and the database has both afterwards', async () => {
    const { recipient, address, template } = anIntent('sms');
    const call = { id: 'call', outId: 'call', recipient, channel: 'voice' as const, step: 1, address, template };
    await store.ledger.write({
      warnings: [aWarning({ id: 'w2' })],
      deliveries: [anIntent('sms', { warningId: 'w2', priority: 1, level: 'orange', alternatives: [call] })],
    });
    expect((await store.outbox.claim('w', 10, 5_000)).map(({ id }) => id)).toContain('sms');
    await store.outbox.settle('sms', 'w', { status: 'accepted', provider: 'p', providerId: 'z' });
    await server.stop();
    await store.outbox.receive({ provider: 'p', providerId: 'z', status: 'failed', code: 'UNDELIV', at: Date.now() });
    expect(store.failover.state().mode).toBe('away');
    expect(await store.outbox.claim('w', 10, 5_000, 9, 'voice')).toMatchObject([{ id: 'call', insteadOf: 'sms' }]);
    await store.outbox.settle('call', 'w', { status: 'accepted', provider: 'v', providerId: 'c' });

    server = await startEmbeddedPostgres({ dataDir: home, port: server.port, durable: false, say: () => undefined });
    await untilMode('up');
    expect((await store.outbox.summary('w2')).byStatus).toEqual({ failed_perm: 1, accepted: 1 });
  });

  it('goes on telling devices what the station itself wants, and refuses what people ask for', async () => {
    const told = aCommand({ msgid: '1795233600001', by: 'densify' });
    const asked = aCommand({ msgid: '1795233600002' });
    await store.deviceCommands.insert(asked, 'person');
    await server.stop();
    await store.deviceCommands.insert(told, 'station');
    const dense = {
      deviceId: 'R1',
      hazardPoint: 'p1',
      told: 'red' as const,
      msgid: told.msgid,
      warning: 'w0',
      calmSince: null,
      againAt: null,
    };
    await store.densified.save(dense);
    const sent = { ...told, state: 'sent' as const, version: 2, tryCount: 1 };
    await store.deviceCommands.update(sent, 'station');
    expect(await store.deviceCommands.find(told.msgid)).toEqual(sent);
    // One that was open before goes on too; what a person wants, withdrawing as well, does not.
    await store.deviceCommands.update({ ...asked, state: 'sent', version: 2 }, 'station');
    await expect(store.deviceCommands.insert(aCommand({ msgid: '1795233600003' }), 'person')).rejects.toBeInstanceOf(StoreAway);
    await expect(store.deviceCommands.update({ ...asked, state: 'cancelled', version: 3 }, 'person')).rejects.toBeInstanceOf(StoreAway);
    const done = { ...sent, state: 'succeeded' as const, version: 3 };
    await store.deviceCommands.update(done, 'station');
    await store.deviceIntervals.put({ deviceId: 'R1', validFrom: done.createdAt, seconds: 60, cause: 'densified', msgid: told.msgid });

    server = await startEmbeddedPostgres({ dataDir: home, port: server.port, durable: false, say: () => undefined });
    await untilMode('up');
    expect(await store.deviceCommands.find(told.msgid)).toEqual(done);
    expect((await store.deviceCommands.open()).map(({ msgid, state }) => [msgid, state])).toEqual([[asked.msgid, 'sent']]);
    expect(await store.densified.load()).toEqual([dense]);
    expect(await store.deviceIntervals.history(['R1'])).toMatchObject([{ seconds: 60, msgid: told.msgid }]);
    expect(await store.deviceCommands.lastMsgid()).toBe(asked.msgid);
  });

  it('keeps the last good snapshot sealed', async () => {
    await store.close();
    const raw = await readFile(join(home, 'last-good.sealed'), 'utf8');
    expect(raw).not.toMatch(/"|savedAt|warnings|石/);
    expect((await readLastGood(home, dataKey, silent))?.warnings.map(({ id }) => id).toSorted()).toEqual(['w0', 'w1', 'w2']);
    store = await open();
  });

  it('lets one station work on it: another is refused, or takes over one that shows no life, and the first one then ends', async () => {
    const db = new Database({ url: server.url, max: 1 });
    const rival = new Lease(db, 'there', silent);
    await expect(rival.take(10_000, 3_000)).rejects.toBeInstanceOf(LeaseHeld);
    // As if the first one could not reach the database for longer than anybody waits.
    await db.run(`update store.lease set released = true`);
    await rival.take();
    const end = Date.now() + PATIENCE_MS;
    while (lost.length === 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(lost).toEqual(['another station has taken over this database']);
    await rival.release();
    await db.close();
  });
});
