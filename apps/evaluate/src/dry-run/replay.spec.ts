import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND, type HazardPoint, type StoredReading } from '#libs/contracts';
import { horizonOf, Replay, type ReplaySide, type ReplayStart } from './replay.js';
import { ReplayThread } from './replay-thread.js';

const t0 = Date.UTC(2026, 6, 1);
const point = { unifiedCode: 'POINT01', name: '某坡', rulebook: 'try', thresholds: [] } as unknown as HazardPoint;
const devices = [{ deviceId: 'D1', interval: 60 }];

const book = (red: number): string => `rulebook: try
title: { zh: 试, en: try }
status: acceptance
scope: { kinds: [landslide] }
clock: event
missing: { silent-after: 3 intervals, unknown-when: any }
persistence: { samples: 2, apart: 10 s, instruments: 1 }
hysteresis: { fallback: 80 %, after: 10 min }
cooldown: 0 s
indicators:
  crack: { title: { zh: 裂缝, en: crack }, detector: change, channel: L1_LF_1, window: 1 h, unit: mm, thresholds: { red: ${red} mm } }
levels:
  red: { when: crack }
`;
const side = (red: number, more: Partial<ReplaySide> = {}): ReplaySide => ({
  text: book(red),
  version: `v${red}`,
  thresholds: [],
  ...more,
});

let seq = 0;
const reading = (at: number, value: number, receivedAt = at): StoredReading => ({
  deviceId: 'D1',
  hazardPoint: 'POINT01',
  channel: 'L1_LF_1',
  time: t0 + at,
  value,
  quality: [],
  receivedAt: t0 + receivedAt,
  seq: (seq += 1),
});
/** A quiet day a minute apart, a step of 10 mm at noon, and quiet again. */
const step = Array.from({ length: 24 * 60 }, (_, minute) => reading(minute * MINUTE, minute < 720 ? 1 : 11));

const start = (live: ReplaySide | null, next: ReplaySide): ReplayStart => ({ point, devices, live, next, from: t0, to: t0 + DAY });

describe('Replay', () => {
  it('judges the same readings by both, as live judgement would have', async () => {
    const replay = new Replay(start(side(20), side(5)));
    await replay.feed(step.slice(0, 700), t0 + 700 * MINUTE);
    await replay.feed(step.slice(700), t0 + DAY);
    const impact = replay.end();
    expect(impact).toMatchObject({
      hazardPoint: 'POINT01',
      name: '某坡',
      readings: 1440,
      warningsMore: { red: 1 },
      live: { levelChanges: 1 },
    });
    expect(impact.next.changes.map(({ level, certainty }) => `${level}/${certainty ?? '-'}`)).toEqual([
      'none/-',
      'red/awaiting-persistence',
      'red/confirmed',
      'none/-',
    ]);
    // Back below after the step has left the hour, and ten minutes of hysteresis.
    expect(impact.next.secondsInLevel.red).toBeCloseTo((HOUR + 10 * MINUTE) / SECOND, -2);
  });

  it('keeps only the figures of a point nothing changes for', async () => {
    const replay = new Replay(start(side(5), side(5)));
    await replay.feed(step, t0 + DAY);
    const impact = replay.end();
    expect(impact.live.changes).toEqual([]);
    expect(impact.live.warnings.red).toBe(1);
  });

  it('judges the silence after the last reading, and thresholds of the point', async () => {
    const replay = new Replay(start(null, side(20, { thresholds: [{ rule: 'crack', level: 'red', value: 5 }] })));
    await replay.feed(step.slice(0, 780), t0 + 780 * MINUTE);
    await replay.feed([], t0 + DAY);
    const { live, next } = replay.end();
    expect(live.secondsInLevel.unknown).toBe(DAY / SECOND);
    expect(next.warnings.red).toBe(1);
    // Silence never lowers a level.
    expect(next.changes.at(-1)?.level).toBe('red');
  });

  it('lets what came late count when it came', async () => {
    // The minutes around the step were delivered two hours later, by a clock that says so.
    const late = step.map((one, minute) =>
      minute >= 715 && minute < 735 ? { ...one, quality: ['late' as const], receivedAt: t0 + 900 * MINUTE } : one,
    );
    const replay = new Replay(start(side(20), side(5)));
    const inOrder = late.toSorted((a, b) => a.receivedAt - b.receivedAt).map((one, index) => ({ ...one, seq: index + 1 }));
    await replay.feed(inOrder, t0 + DAY);
    const changes = replay.end().next.changes.filter(({ level }) => level === 'red');
    expect(Date.parse(changes[0]?.at ?? '')).toBeGreaterThanOrEqual(t0 + 735 * MINUTE);
  });

  it('asks for as much before the stretch as the longer memory of both', () => {
    expect(horizonOf(start(side(20), { ...side(5), text: book(5).replace('window: 1 h', 'window: 7 h') }))).toBeGreaterThanOrEqual(
      7 * HOUR,
    );
  });
});

describe('ReplayThread', () => {
  it('passes pieces on one after another, and says what went wrong over there', async () => {
    const thread = ReplayThread.start();
    await expect(thread.feed([], t0)).rejects.toThrow('no point was begun');
    await expect(thread.begin(start(side(20), { ...side(5), text: 'rulebook: 1' }))).rejects.toThrow(/try@v5:1/);
    await thread.begin(start(side(20), side(5)));
    await thread.feed(step, t0 + DAY);
    expect((await thread.end()).warningsMore).toEqual({ blue: 0, yellow: 0, orange: 0, red: 1 });
    const broken = thread.horizon(start(side(20), side(5)));
    await Promise.all([expect(broken).rejects.toThrow('broken off'), thread.close()]);
  });
});
