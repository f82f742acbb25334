import type { DeliveryFault, SystemAlarm } from '#libs/contracts';
import { createLogger } from '#libs/platform';
import { describe, expect, it } from 'vitest';
import { Auditor } from './auditor.js';

function audited() {
  const world = {
    now: 1_000_000,
    faults: [] as DeliveryFault[],
    late: [] as { warningId: string }[],
    away: false,
    beats: [] as number[],
    alarms: new Map<string, SystemAlarm>(),
  };
  const auditor = new Auditor({
    audit: { faults: () => (world.away ? Promise.reject(new Error('away')) : Promise.resolve(world.faults)) },
    late: () => world.late,
    clock: { now: () => world.now },
    logger: createLogger('silent'),
    alarm: (alarm) => {
      if (alarm.standing) world.alarms.set(alarm.code, alarm);
      else world.alarms.delete(alarm.code);
      return Promise.resolve();
    },
    beat: (at) => {
      world.beats.push(at);
      return Promise.resolve();
    },
    counted: () => undefined,
  });
  return { world, auditor };
}

describe('the auditor', () => {
  it('gives the heartbeat only while nothing has stopped, and names what has until it goes on', async () => {
    const { world, auditor } = audited();
    expect(auditor.heartbeat()).toEqual({ alive: false, at: null, ageSeconds: null, faults: [] });
    await auditor.round();
    expect(world.beats).toEqual([1_000_000]);
    expect(auditor.heartbeat().alive).toBe(true);

    world.now += 10_000;
    world.faults = [{ kind: 'red-waiting', warning: 'w7', count: 3 }];
    world.late = [{ warningId: 'w8' }, { warningId: 'w8' }];
    await auditor.round();
    await auditor.round();
    expect(world.beats).toHaveLength(1);
    expect(auditor.heartbeat()).toMatchObject({
      alive: false,
      ageSeconds: 10,
      faults: [{ warning: 'w7' }, { kind: 'call-out-stopped', count: 1 }],
    });
    expect([...world.alarms.values()].map(({ text }) => text.zh)).toEqual([
      '预警 w7：红色消息滞留未发（3），请查看发送通道并人工通知',
      '预警 w8：叫应中断（1），请查看发送通道并人工通知',
    ]);

    world.faults = [];
    world.late = [];
    await auditor.round();
    expect(world.alarms.size).toBe(0);
    expect(world.beats).toHaveLength(2);
  });

  it('gives none when it cannot look', async () => {
    const { world, auditor } = audited();
    await auditor.round();
    world.away = true;
    world.now += 31_000;
    await auditor.round();
    expect(world.beats).toHaveLength(1);
    expect(auditor.heartbeat()).toMatchObject({ alive: false, ageSeconds: 31 });
  });
});
