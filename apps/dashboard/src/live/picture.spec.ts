import type { WallEventMessage, WallSnapshot, WarningView } from '#libs/contracts';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as scene from '../../test/scene/index.js';
import { applyEvent, applySnapshot, emptyPicture, hear, putWarning } from './picture.js';

const code = '5132210100012';
const snapshot = (over: Partial<WallSnapshot> = {}): WallSnapshot => ({
  seq: 10,
  at: scene.bootAt,
  points: scene.points.map((point) => ({
    ...point,
    level: 'none',
    state: null,
    warning: null,
    exercise: false,
    freshness: 'fresh' as const,
    lastReadingAt: null,
  })),
  channels: scene.channels,
  devices: scene.devices,
  warnings: [],
  values: [],
  alarms: [],
  messages: [],
  ...over,
});
const event = (seq: number, type: WallEventMessage['type'], payload: unknown): WallEventMessage => ({
  seq,
  type,
  at: scene.bootAt,
  payload,
});
const warning = (version: number, over: Partial<WarningView> = {}): WarningView =>
  scene.warning('w1', code, 'orange', { version, ...over });

describe('live picture', () => {
  it('is the same after a replay that overlaps as after each event once', () => {
    const levels = fc.array(fc.constantFrom('blue', 'yellow', 'orange', 'red'), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(levels, fc.nat(), (list, cut) => {
        const events = list.map((level, i) =>
          event(11 + i, 'warning.level', scene.warning('w1', code, level as 'red', { version: i + 1 })),
        );
        const straight = emptyPicture();
        applySnapshot(straight, snapshot());
        for (const one of events) applyEvent(straight, one);
        const replayed = emptyPicture();
        applySnapshot(replayed, snapshot());
        for (const one of events.slice(0, 1 + (cut % events.length))) applyEvent(replayed, one);
        for (const one of events) applyEvent(replayed, one);
        expect([replayed.seq, replayed.warnings.get('w1'), replayed.points.get(code)]).toEqual([
          straight.seq,
          straight.warnings.get('w1'),
          straight.points.get(code),
        ]);
        expect(replayed.warnings.get('w1')?.level).toBe(list.at(-1));
      }),
    );
  });

  it('takes a snapshot as the truth even when its seq is behind ours', () => {
    const picture = emptyPicture();
    applySnapshot(picture, snapshot({ seq: 500, warnings: [warning(1)] }));
    applySnapshot(picture, snapshot({ seq: 3 }));
    expect([picture.seq, picture.warnings.size]).toEqual([3, 0]);
    expect(applyEvent(picture, event(4, 'warning.opened', warning(1))).kind).toBe('applied');
  });

  it('never lets an older version of a warning overwrite a newer one', () => {
    const picture = emptyPicture();
    applySnapshot(picture, snapshot({ warnings: [warning(5, { acknowledged: true })] }));
    expect(putWarning(picture, warning(4)).kind).toBe('duplicate');
    expect(picture.warnings.get('w1')?.acknowledged).toBe(true);
  });

  it('keeps known actions for the same version only: an action that is no longer legal is not offered', () => {
    const picture = emptyPicture();
    const legal: WarningView['legal'] = [{ action: 'acknowledge' }];
    putWarning(picture, warning(1, { legal }));
    applySnapshot(picture, snapshot({ warnings: [warning(1)] }));
    expect(picture.warnings.get('w1')?.legal).toEqual(legal);
    applyEvent(picture, event(11, 'warning.state', warning(2)));
    expect(picture.warnings.get('w1')?.legal).toEqual([]);
  });

  it('ties a point to its open warning and lets go of it when it ends', () => {
    const picture = emptyPicture();
    applySnapshot(picture, snapshot());
    applyEvent(picture, event(11, 'warning.opened', warning(1)));
    expect(picture.points.get(code)).toMatchObject({ warning: 'w1', state: 'confirmed' });
    applyEvent(picture, event(12, 'warning.state', warning(2, { state: 'closed' })));
    expect(picture.points.get(code)).toMatchObject({ warning: null, state: null });
  });

  it('shows a level from a judgement, standing alarms until they end, and what it can’t read as unreadable', () => {
    const picture = emptyPicture();
    applySnapshot(picture, snapshot());
    applyEvent(picture, event(11, 'point.level', { ...scene.stateOf(code, 0.5), level: 'unknown' }));
    expect(picture.points.get(code)?.level).toBe('unknown');
    const alarm = { code: 'no-sms', level: 'red', standing: true, text: { zh: '短信不可用', en: 'no SMS' } };
    applyEvent(picture, event(12, 'system.alarm', alarm));
    expect([...picture.alarms.keys()]).toEqual(['no-sms']);
    applyEvent(picture, event(13, 'system.alarm', { ...alarm, standing: false }));
    expect(picture.alarms.size).toBe(0);
    expect(applyEvent(picture, event(14, 'warning.level', { id: 'w1' })).kind).toBe('unreadable');
    expect(picture.seq).toBe(14);
  });

  it('hears a device when a value of one of its channels arrives', () => {
    const picture = emptyPicture();
    applySnapshot(picture, snapshot());
    hear(picture, [[6, 0, 1, '']], scene.bootAt + 5_000);
    expect(picture.devices.get('LF-2203')?.lastSeen).toBe(new Date(scene.bootAt + 5_000).toISOString());
    expect(picture.devices.get('17165803')?.lastSeen).toBe(scene.devices.find((one) => one.deviceId === '17165803')?.lastSeen);
  });

  it('keeps the newest message of each warning, whichever way it came, the newest last', () => {
    const picture = emptyPicture();
    const message = (delivery: string, about: string | null) => ({
      delivery,
      warning: about,
      level: 'red' as const,
      kind: 'warning' as const,
      exercise: false,
      text: '地灾红色预警',
      until: scene.bootAt,
    });
    applySnapshot(picture, snapshot({ messages: [message('d1', 'w1'), message('t1', null)] }));
    expect(applyEvent(picture, event(11, 'warning.display', message('d2', 'w2')))).toEqual({ kind: 'applied' });
    applyEvent(picture, event(12, 'warning.display', message('d3', 'w1')));
    expect([...picture.messages.values()].map(({ delivery }) => delivery)).toEqual(['t1', 'd2', 'd3']);
    expect(applyEvent(picture, event(13, 'warning.display', {}))).toEqual({ kind: 'unreadable' });
  });
});
