import { describe, expect, it } from 'vitest';
import type { StoredUser, UserStore } from '#libs/command';
import type { Outbox } from '#libs/notify';
import { wallClock } from '#libs/platform';
import { StoreAway } from '../sql/errors.js';
import { aConsultation, anEvent, anIntent, aWarning, dataKey } from '../fakes/records.js';
import { DeliveryMirror } from './delivery-mirror.js';
import { EventRing } from './event-ring.js';
import { mirroredSessions } from './session-mirror.js';
import { WarningMirror } from './warning-mirror.js';

describe('deliveries the database has and nobody has sent', () => {
  const claimed = (id: string) => ({ ...anIntent(id), attempts: 1, status: 'sending' as const, providerId: null, firstSentAt: null });
  const outbox = {
    claim: () => Promise.resolve([claimed('d1')]),
    settle: () => Promise.resolve(true),
    receive: () => Promise.resolve({ deliveryId: 'd2', warningId: 'w' }),
  } as unknown as Outbox;

  it('are red and orange, as far as this station has got with them', async () => {
    const mirror = new DeliveryMirror(dataKey, wallClock);
    mirror.committed({ deliveries: [anIntent('d1'), anIntent('d2'), anIntent('d3'), anIntent('yellow', { priority: 2 })] });
    const followed = mirror.follow(outbox);
    await followed.claim('w', 10, 1_000);
    await followed.receive({ provider: 'p', status: 'delivered', code: '', at: 1 });
    expect(mirror.unfinished().map(({ intent, state }) => `${intent.id} ${state.status} ${state.leaseOwner ?? '-'}`)).toEqual([
      'd1 sending w',
      'd3 pending -',
    ]);
    await followed.settle('d1', 'w', { status: 'accepted' });
    // With the provider is not yet with the person.
    expect(mirror.unfinished().map(({ intent, state }) => `${intent.id} ${state.status}`)).toEqual(['d1 accepted', 'd3 pending']);
  });

  it('have the way that follows a reported failure, and none that a success calls off', async () => {
    const mirror = new DeliveryMirror(dataKey, wallClock);
    const { recipient, address, template } = anIntent('sms');
    const call = { id: 'call', outId: 'call', recipient, channel: 'voice' as const, step: 1, address, template };
    mirror.committed({ deliveries: [anIntent('sms', { alternatives: [call], deadline: Date.now() + 60_000 })] });
    const reporting = { ...outbox, receive: () => Promise.resolve({ deliveryId: 'sms', warningId: 'w' }) } as unknown as Outbox;
    const followed = mirror.follow(reporting);
    await followed.receive({ provider: 'p', status: 'failed', code: 'UNDELIV', at: 1 });
    expect(mirror.unfinished().map(({ intent, state }) => `${intent.id} ${intent.insteadOf} ${state.status}`)).toEqual([
      'call sms pending',
    ]);
    mirror.committed({ deliveries: [anIntent('sms', { deadline: Date.now() + 60_000 })] });
    await followed.receive({ provider: 'p', status: 'delivered', code: '', at: 2 });
    expect(mirror.unfinished()).toEqual([]);
  });

  it('are claimed by their channel and priority, as they were asked for', async () => {
    const asked: unknown[] = [];
    const listening = { ...outbox, claim: (...args: unknown[]) => (asked.push(args), Promise.resolve([])) } as unknown as Outbox;
    await new DeliveryMirror(dataKey, wallClock).follow(listening).claim('w', 10, 1_000, 0, 'voice');
    expect(asked).toEqual([['w', 10, 1_000, 0, 'voice']]);
  });

  it('are not those a newer version has withdrawn, nor those long over', async () => {
    const mirror = new DeliveryMirror(dataKey, wallClock);
    const old = { warningId: 'w', version: 1, scope: 'public' } as const;
    mirror.committed({ deliveries: [anIntent('old', old), anIntent('d1', old)] });
    const followed = mirror.follow(outbox);
    await followed.claim('w', 10, 1_000);
    await followed.settle('d1', 'w', { status: 'accepted' });
    mirror.committed({ supersede: [{ warningId: 'w', scope: 'public', beforeVersion: 2 }] });
    mirror.committed({ deliveries: [anIntent('over', { deadline: Date.now() - 120_000 })] });
    expect(mirror.unfinished()).toEqual([]);
  });
});

describe('warnings', () => {
  it('are found by point and id, open ones with their consultation; what has ended is only the newest of its point', () => {
    const mirror = new WarningMirror();
    mirror.written({ warnings: [aWarning({ id: 'w1' })], consultations: [aConsultation()] });
    const [consultation] = [aConsultation()];
    expect(mirror.open().map(({ id }) => id)).toEqual(['w1']);
    expect(mirror.consultation(consultation.id)?.id).toBe(consultation.id);
    const warning = aWarning({ id: 'w1' });
    mirror.written({ warnings: [{ ...warning, version: warning.version + 1, state: 'closed' }] });
    mirror.written({ warnings: [warning] });
    expect(mirror.open()).toEqual([]);
    expect(mirror.newestOf(warning.hazardPoint)?.state).toBe('closed');
  });
});

describe('events', () => {
  it('are replayed from any offset that is still there, and refused from an older one', async () => {
    const ring = new EventRing();
    await ring.load({ lastSeq: () => Promise.resolve(20_000), since: () => Promise.resolve([{ ...anEvent('x'), seq: 20_000 }]) });
    ring.add([
      { ...anEvent('y'), seq: 20_000 },
      { ...anEvent('z'), seq: 20_001 },
    ]);
    expect(ring.since(19_999, '', 10).map(({ id }) => id)).toEqual(['x', 'z']);
    expect(() => ring.since(1, '', 10)).toThrow(StoreAway);
  });
});

describe('sessions', () => {
  it('that were seen go on without the database, and end at a logout', async () => {
    let away = false;
    const user = { id: 'u1', username: 'a' } as StoredUser;
    const { sessions, users } = mirroredSessions(
      {
        insert: () => Promise.resolve(),
        find: () => Promise.resolve({ userId: 'u1', expiresAt: 9 }),
        remove: () => Promise.resolve(),
      },
      { byId: () => Promise.resolve(user) } as unknown as UserStore,
      (database, otherwise) => {
        if (!away) return database();
        const known = otherwise();
        return known === undefined ? Promise.reject(new StoreAway('away', false)) : Promise.resolve(known);
      },
    );
    await sessions.find('t');
    await users.byId('u1');
    away = true;
    expect([await sessions.find('t'), await users.byId('u1')]).toEqual([{ userId: 'u1', expiresAt: 9 }, user]);
    await expect(sessions.find('unknown')).rejects.toBeInstanceOf(StoreAway);
    await sessions.remove('t').catch(() => undefined);
    await expect(sessions.find('t')).rejects.toBeInstanceOf(StoreAway);
  });
});
