import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channelName, type Codec, type Drill } from '#libs/contracts';
import { fakeDevice, fakePoint, fakeRegistry } from './fakes/registry.js';
import { tinyCatalogue, tinyCodec } from './fakes/tiny-codec.js';
import { Intake, type Packet } from './index.js';

/** 2026-07-01T12:00:00Z */
const now = 1_782_907_200_000;
const minute = 60_000;
let ids = 0;

function intakeOf(options: { drill?: Drill; closed?: boolean; codec?: Codec; interval?: number; synthetic?: boolean } = {}) {
  const point = fakePoint('513221010001', { drill: options.drill, closed: options.closed ?? false });
  const device = fakeDevice('A', { interval: options.interval ?? 60, synthetic: options.synthetic ?? false });
  const child = fakeDevice('A-child', { parent: 'A' });
  const registry = fakeRegistry([device, child, fakeDevice('B'), fakeDevice('odd', { parent: 'A', profile: 'nobody' })], [point]);
  const codec = options.codec ?? tinyCodec;
  const intake = new Intake({
    registry,
    catalogue: tinyCatalogue,
    codecOf: (topic) => (topic === '$dp' ? codec : undefined),
    newId: () => `q${(ids += 1)}`,
  });
  return (lines: string, receivedAt = now, topic = '$dp') => intake.read(packet(lines, receivedAt, topic));
}
const packet = (lines: string, receivedAt = now, topic = '$dp'): Packet => ({
  deviceId: 'A',
  topic,
  payload: new TextEncoder().encode(lines),
  dup: false,
  receivedAt,
});
const at = (offset: number): string => String(now + offset);

describe('one packet', () => {
  it('becomes readings of the device and its point', () => {
    expect(intakeOf()(`A L1_LF_1 ${at(0)} 1.5`)).toEqual({
      readings: [{ deviceId: 'A', hazardPoint: '513221010001', channel: 'L1_LF_1', time: now, value: 1.5, quality: [], receivedAt: now }],
      quarantine: [],
      facts: [],
      stamped: false,
    });
  });

  it('that was over the size limit goes to quarantine with its beginning, however well that reads', () => {
    const intake = new Intake({
      registry: fakeRegistry([fakeDevice('A')]),
      catalogue: tinyCatalogue,
      codecOf: () => tinyCodec,
      newId: () => 'q',
    });
    const { readings, quarantine } = intake.read({ ...packet(`A L1_LF_1 ${at(0)} 1.5`), cutFrom: 2_000_000 });
    expect(readings).toEqual([]);
    expect(quarantine).toMatchObject([{ reason: 'too-large', detail: expect.stringContaining('2000000 bytes') as string }]);
  });

  it('speaks for its sender and registered children only', () => {
    const { readings, quarantine } = intakeOf()(`A-child L1_LF_1 ${at(0)} 1\nB L1_LF_1 ${at(0)} 2\nnobody L1_LF_1 ${at(0)} 3`);
    expect(readings.map(({ deviceId }) => deviceId)).toEqual(['A-child']);
    expect(quarantine.map(({ reason, deviceId }) => [reason, deviceId])).toEqual([['foreign-device', 'A']]);
    expect(quarantine[0]?.detail).toContain('B is no registered child of A');
    expect(quarantine[0]?.detail).toContain('nobody is no registered child of A');
  });

  it.each([
    ['a closed point', () => intakeOf({ closed: true })(`A L1_LF_1 ${at(0)} 1`), 'closed-point'],
    ['a topic nobody reads', () => intakeOf()('x', now, '$crsp/A/cmd'), 'unknown-shape'],
    ['a profile of a later release', () => intakeOf()(`odd L1_LF_1 ${at(0)} 1`), 'unknown-shape'],
    ['a clock more than ten minutes ahead', () => intakeOf()(`A L1_LF_1 ${at(10 * minute + 1)} 1`), 'clock-ahead'],
    ['a codec that lets infinity through', () => intakeOf()(`A L1_LF_1 ${at(0)} Infinity`), 'bad-value'],
    ['two values at one time', () => intakeOf()(`A L1_LF_1 ${at(0)} 1\nA L1_LF_1 ${at(0)} 2`), 'bad-value'],
  ])('quarantines %s with its bytes', (_, read, reason) => {
    const { quarantine } = read();
    expect(quarantine.map((each) => each.reason)).toEqual([reason]);
    expect(quarantine[0]?.payload.length).toBeGreaterThan(0);
    expect(quarantine[0]?.id).toMatch(/^q\d+$/);
  });

  it('takes a clock ten minutes ahead', () => expect(intakeOf()(`A L1_LF_1 ${at(10 * minute)} 1`).readings).toHaveLength(1));

  it('takes the same value at the same time once', () => {
    const { readings, quarantine } = intakeOf()(`A L1_LF_1 ${at(0)} 1\nA L1_LF_1 ${at(0)} 1`);
    expect([readings.length, quarantine.length]).toEqual([1, 0]);
  });
});

const flagsOf = (read: ReturnType<typeof intakeOf>, line: string, receivedAt?: number) => read(line, receivedAt).readings[0]?.quality;

describe('flags', () => {
  it.each([
    [60, -5 * minute, []],
    [60, -5 * minute - 1, ['late']],
    [3600, -120 * minute, []],
    [3600, -120 * minute - 1, ['late']],
  ])('interval %i s, %i ms behind: %j', (interval, offset, flags) =>
    expect(flagsOf(intakeOf({ interval }), `A L1_LF_1 ${at(offset)} 1`)).toEqual(flags),
  );

  it('measures late and ahead on the clock of the point, not on the wall', () => {
    const drill: Drill = { wallStart: '2026-07-01T11:59:00Z', eventStart: '2012-05-01T00:00:00Z', speed: 60, deliver: 'simulator' };
    const read = intakeOf({ drill });
    const eventNow = 1_335_834_000_000; // 2012-05-01T01:00:00Z
    expect(read(`A L1_LF_1 ${eventNow} 1`).readings[0]?.quality).toEqual([]);
    expect(read(`A L1_LF_1 ${eventNow - 6 * minute} 1`).readings[0]?.quality).toEqual(['late']);
    expect(read(`A L1_LF_1 ${eventNow + 11 * minute} 1`).quarantine[0]?.reason).toBe('clock-ahead');
    expect(read('A L1_LF_1 - 1').readings[0]?.time).toBe(eventNow);
  });

  it('marks values outside the instrument range, and keeps them', () => {
    const [reading] = intakeOf()(`A L1_LF_1 ${at(0)} 101`).readings;
    expect(reading).toMatchObject({ value: 101, quality: ['range'] });
  });

  it('marks an accumulator that falls, the same again on a resend, and not the rise after it', () => {
    const read = intakeOf();
    const total = (offset: number, value: number) => flagsOf(read, `A L3_YL_1.totalValue ${at(offset)} ${value}`);
    expect(total(-4000, 50)).toEqual([]);
    expect(total(-3000, 2)).toEqual(['reset']);
    expect(total(-3000, 2)).toEqual(['reset']);
    expect(total(-3500, 51)).toEqual([]);
    expect(total(-2000, 3)).toEqual([]);
  });

  it('marks synthetic devices', () => expect(flagsOf(intakeOf({ synthetic: true }), `A L1_LF_1 ${at(0)} 1`)).toEqual(['synthetic']));

  it('stamps what has no time, and never two packets of a device alike', () => {
    const read = intakeOf();
    const first = read('A L1_LF_1 - 1\nA L3_YL_1.totalValue - 1');
    expect(first.stamped).toBe(true);
    expect(first.readings.map(({ time, quality }) => [time, quality])).toEqual([
      [now, ['time-by-server']],
      [now, ['time-by-server']],
    ]);
    expect(read('A L1_LF_1 - 1').readings[0]?.time).toBe(now + 1);
    expect(read('A L1_LF_1 - 1', now + 5).readings[0]?.time).toBe(now + 5);
  });
});

it('accounts for every sample of any packet: a reading, a duplicate, or a reason', () => {
  const line = fc.record({
    device: fc.constantFrom('A', 'A-child', 'B', 'nobody'),
    channel: fc.constantFrom(channelName('L1_LF_1'), 'L3_YL_1.totalValue'),
    time: fc.oneof(fc.constant('-'), fc.integer({ min: -10_000_000, max: 1_000_000 }).map(at)),
    value: fc.oneof(fc.double().map(String), fc.integer({ min: -5, max: 200 }).map(String)),
  });
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), (lines) => {
      const { readings, quarantine } = intakeOf()(
        lines.map(({ device, channel, time, value }) => `${device} ${channel} ${time} ${value}`).join('\n'),
      );
      expect(readings.length + quarantine.length).toBeGreaterThan(0);
      expect(readings.every(({ value, time }) => Number.isFinite(value) && Number.isInteger(time))).toBe(true);
      expect(new Set(readings.map(({ deviceId, channel, time }) => `${deviceId} ${channel} ${time}`)).size).toBe(readings.length);
      expect(new Set(quarantine.map(({ reason }) => reason)).size).toBe(quarantine.length);
      const foreign = lines.some(({ device }) => device === 'B' || device === 'nobody');
      expect(quarantine.some(({ reason }) => reason === 'foreign-device')).toBe(foreign);
    }),
    { numRuns: 500 },
  );
});
