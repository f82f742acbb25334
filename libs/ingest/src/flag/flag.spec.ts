import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toIso, type QualityFlag, type RegisteredDevice } from '#libs/contracts';
import { fakeDevice, fakeRegistry } from '../fakes/registry.js';
import { tinyCatalogue, tinyCodec } from '../fakes/tiny-codec.js';
import { Intake, type PrimingReading } from '../index.js';

const now = Date.parse('2026-07-01T12:00:00Z');
const minute = 60_000;
const window = {
  id: 'w',
  hazardPoint: '513221010001',
  divisionCode: '513221',
  owner: 'li',
  reason: '更换电池',
  from: '',
  until: '',
  version: 1,
};

interface Options {
  device?: Partial<RegisteredDevice>;
  /** The window of maintenance, device time. */
  maintenance?: [from: number, until: number];
}

/** An intake of a collector `A` with a child, and the flags of one sample a minute, newest last. */
function bench({ device, maintenance }: Options = {}) {
  const devices = [fakeDevice('A', device), fakeDevice('A-child', { parent: 'A' })];
  const registry = fakeRegistry(devices);
  if (maintenance) registry.maintenanceOf = (_, at) => (at >= maintenance[0] && at < maintenance[1] ? window : undefined);
  const make = () => new Intake({ registry, catalogue: tinyCatalogue, codecOf: () => tinyCodec, newId: () => 'q' });
  let intake = make();
  const kept: PrimingReading[] = [];
  const read = (lines: string, receivedAt: number) => {
    const { readings } = intake.read({ deviceId: 'A', topic: '$dp', payload: new TextEncoder().encode(lines), dup: false, receivedAt });
    kept.push(...readings);
    return readings;
  };
  return {
    read,
    /** Flags of the values of a channel, sent one a packet, a minute apart, from `start` on. */
    series: (channel: string, values: readonly number[], start = now): QualityFlag[][] =>
      values.map((value, index) => read(`A ${channel} ${start + index * minute} ${value}`, start + index * minute)[0]?.quality ?? []),
    /** A start of the station: only what is stored comes along, nine readings a channel. */
    restart: () => {
      intake = make();
      const channels = new Map<string, PrimingReading[]>();
      for (const reading of kept.toSorted((a, b) => a.time - b.time)) {
        const key = `${reading.deviceId} ${reading.channel}`;
        channels.set(key, [...(channels.get(key) ?? []), reading].slice(-9));
      }
      intake.prime([...channels.values()].flat());
    },
  };
}
const rep = (count: number, value: number): number[] => Array.from({ length: count }, () => value);
const noisy = (count: number, level: number): number[] => Array.from({ length: count }, (_, n) => level + (n % 3));
const at = (flags: QualityFlag[][], flag: QualityFlag): number[] => flags.flatMap((each, n) => (each.includes(flag) ? [n] : []));

describe('spike', () => {
  it('is a fact beside the value, and goes when the level stays', () =>
    expect(at(bench().series('L1_GP_1', [...noisy(9, 0), ...noisy(9, 200)]), 'spike')).toEqual([9]));
  it('is not for what bursts by nature, nor for totals, nor for values without a known noise', () => {
    for (const channel of ['L1_JS_1', 'L3_YL_1.totalValue', 'L1_LF_1'])
      expect(
        bench()
          .series(channel, [...rep(9, 1), 90])
          .at(-1),
      ).toEqual([]);
  });
  it('is not judged by what was usual before a long silence', () => {
    const { series } = bench({ device: { interval: 60 } });
    series('L1_GP_1', noisy(9, 0));
    expect(series('L1_GP_1', [500], now + 9 * minute + 25 * minute)).toEqual([[]]);
  });
});

describe('stuck', () => {
  it('is the very same value as often as the profile says, until it moves', () =>
    expect(at(bench().series('L1_GP_1', [1, ...rep(8, 3), 4, 3]), 'stuck')).toEqual([6, 7, 8]));
  it('is not for channels whose profile names no number: quantised ones stand still while all is well', () =>
    expect(bench().series('L1_LF_1', rep(30, 3)).flat()).toEqual([]));
});

describe('reset', () => {
  it('is a displacement that jumps back to zero; the next sample counts', () =>
    expect(at(bench().series('L1_GP_1', [...noisy(9, 300), 1, 2, 0]), 'reset')).toEqual([9]));
  it('is no jump to elsewhere, none from near zero, and none before the level is known', () => {
    expect(at(bench().series('L1_GP_1', [...noisy(9, 300), 100]), 'reset')).toEqual([]);
    expect(at(bench().series('L1_GP_1', [...noisy(9, 30), 0]), 'reset')).toEqual([]);
    expect(at(bench().series('L1_GP_1', [...noisy(8, 300), 0]), 'reset')).toEqual([]);
  });
  it('is the first sample of a new baseline that carries nothing on', () => {
    const baseline = (more: object) => ({ since: toIso(now + 90_000), origin: { east: 0, north: 0, up: 0 }, ...more });
    const values = [50, 51, 4, 5];
    expect(at(bench({ device: { baselines: [baseline({})] } }).series('L1_GP_1', values), 'reset')).toEqual([2]);
    const carried = { carried: { north: 50, east: 0, up: 0 } };
    expect(at(bench({ device: { baselines: [baseline(carried)] } }).series('L1_GP_1', values), 'reset')).toEqual([]);
  });
  it('of a rain total is known after a restart: the base is what is stored', () => {
    const { series, restart } = bench();
    series('L3_YL_1.totalValue', [40, 50]);
    restart();
    expect(series('L3_YL_1.totalValue', [3, 4], now + 5 * minute)).toEqual([['reset'], []]);
  });
});

describe('clock', () => {
  it('is a time ten years before the device was registered; it is late too', () => {
    const { read } = bench({ device: { createdAt: '2026-01-01T00:00:00Z' } });
    const flags = (time: string) => read(`A L1_LF_1 ${Date.parse(time)} 1`, now)[0]?.quality;
    expect(flags('2006-11-20T00:00:00Z')).toEqual(['clock', 'late']);
    expect(flags('2018-01-01T00:00:00Z')).toEqual(['late']);
  });
});

describe('low battery', () => {
  const low = (lines: string) => lines.split('\n');
  it('marks all the device sends, its children too, until the charge has come back', () => {
    const { read } = bench();
    const send = (charge: number, n: number) =>
      read(low(`A S1_ZT_1.battery ${now + n} ${charge}\nA L1_LF_1 ${now + n} 1\nA-child L1_LF_1 ${now + n} 1`).join('\n'), now + n).map(
        ({ quality }) => quality.includes('low-battery'),
      );
    expect(send(20, 1)).toEqual([false, false, false]);
    expect(send(19.9, 2)).toEqual([true, true, true]);
    expect(send(24, 3)).toEqual([true, true, true]);
    expect(send(25, 4)).toEqual([false, false, false]);
  });
  it('is not told by an older status', () => {
    const { read } = bench();
    read(`A S1_ZT_1.battery ${now} 80`, now);
    read(`A S1_ZT_1.battery ${now - minute} 5`, now);
    expect(read(`A L1_LF_1 ${now} 1`, now)[0]?.quality).toEqual([]);
  });
});

it('maintenance marks what was measured in the window, whenever it arrives', () => {
  const { read } = bench({ maintenance: [now, now + 10 * minute] });
  const flags = (offset: number, received: number) => read(`A L1_LF_1 ${now + offset * minute} 1`, now + received * minute)[0]?.quality;
  expect(flags(0, 0)).toEqual(['maintenance']);
  expect(flags(-1, 1)).toEqual([]);
  expect(flags(9, 13)).toEqual(['maintenance']);
  expect(flags(10, 10)).toEqual([]);
});

it('what the codec knows joins what is found here, once', () => {
  const { registry, catalogue } = { registry: fakeRegistry([fakeDevice('A')]), catalogue: tinyCatalogue };
  const codec: typeof tinyCodec = (payload, context) => {
    const decoded = tinyCodec(payload, context);
    return { ...decoded, samples: decoded.samples.map((sample) => ({ ...sample, quality: ['gnss-float', 'range'] as const })) };
  };
  const intake = new Intake({ registry, catalogue, codecOf: () => codec, newId: () => 'q' });
  const payload = new TextEncoder().encode(`A L1_LF_1 ${now} 5000`);
  expect(intake.read({ deviceId: 'A', topic: '', payload, dup: false, receivedAt: now }).readings[0]?.quality).toEqual([
    'range',
    'gnss-float',
  ]);
});

describe('any series', () => {
  const values = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -500, max: 500 })), { minLength: 1, maxLength: 60 });
  const channel = fc.constantFrom('L1_GP_1', 'L3_YL_1.totalValue', 'L1_JS_1');

  it('gets the same flags from the same packets', () => {
    fc.assert(
      fc.property(channel, values, (name, all) => {
        expect(bench().series(name, all)).toEqual(bench().series(name, all));
      }),
    );
  });

  it('gets the same flags when the station restarts in between', () => {
    fc.assert(
      fc.property(channel, values, fc.nat(60), fc.constantFrom(2, 60), (name, all, cut, interval) => {
        const whole = bench({ device: { interval } });
        const broken = bench({ device: { interval } });
        const split = Math.min(cut, all.length);
        const first = broken.series(name, all.slice(0, split));
        broken.restart();
        expect([...first, ...broken.series(name, all.slice(split), now + split * minute)]).toEqual(whole.series(name, all));
      }),
      { numRuns: 500 },
    );
  });

  it('gets the same flags again when a packet comes again', () => {
    fc.assert(
      fc.property(channel, values, (name, all) => {
        const one = bench();
        const flags = one.series(name, all);
        const newest = all.length - 1;
        for (let back = 0; back < 5 && back < all.length; back += 1)
          expect(one.read(`A ${name} ${now + (newest - back) * minute} ${all[newest - back]}`, now + newest * minute)[0]?.quality).toEqual(
            flags[newest - back],
          );
      }),
    );
  });
});

describe('a zero the device was told to set', () => {
  it('flags the first sample after it, of that sensor only, and no second one', () => {
    const zeros = [{ sensor: 'L1_LF_1', since: toIso(now + 90_000) }];
    expect(at(bench({ device: { zeros } }).series('L1_LF_1', [40, 40.1, 0, 0.1]), 'reset')).toEqual([2]);
    expect(
      at(bench({ device: { zeros: [{ sensor: 'L1_LF_2', since: toIso(now + 90_000) }] } }).series('L1_LF_1', [40, 40.1, 0]), 'reset'),
    ).toEqual([]);
  });
});
