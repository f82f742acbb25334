import { describe, expect, it } from 'vitest';
import type { Codec, CodecContext, DeviceSource } from '#libs/contracts';
import { decode } from './decode.js';
import { fakeDevice, fakePoint, fakeRegistry } from '../fakes/registry.js';
import { tinyCatalogue } from '../fakes/tiny-codec.js';

const baselines = [{ since: '2026-01-01T00:00:00Z', origin: { latitude: 31.4, longitude: 103.5, height: 2100 } }];
const inner = fakeRegistry(
  [
    fakeDevice('A', { baselines }),
    fakeDevice('A-1', { parent: 'A' }),
    fakeDevice('A-2', { parent: 'A', hazardPoint: '513221010002' }),
    fakeDevice('B'),
    fakeDevice('odd', { parent: 'A', profile: 'nobody' }),
  ],
  [fakePoint('513221010001', { mainSlideDirection: 215 }), fakePoint('513221010002', { closed: true })],
);

/** What a codec is told when it asks for these ids, one after another, and how often the registry was asked. */
function asking(ids: readonly string[], tools?: CodecContext['tools']): { told: DeviceSource[]; context: CodecContext; lookups: number } {
  let seen: CodecContext | undefined;
  let told: DeviceSource[] = [];
  let lookups = 0;
  const codec: Codec = (_, context) => {
    seen = context;
    const { source } = context;
    told = ids.map((id) => source(id));
    return { samples: [], facts: [], faults: [] };
  };
  const registry = { ...inner, device: (id: string) => ((lookups += 1), inner.device(id)) };
  const packet = { deviceId: 'A', topic: '$dp', payload: new Uint8Array(), dup: false, receivedAt: 77 };
  decode(packet, { registry, catalogue: tinyCatalogue, codecOf: () => codec, tools });
  if (!seen) throw new Error('the codec was not called');
  return { told, context: seen, lookups };
}
const refusals = (ids: readonly string[]) => asking(ids).told.map((each) => ('refused' in each ? each.refused : each.profile.id));

describe('decoding one packet', () => {
  it('takes the sender and its registered children, and says why no other', () =>
    expect(refusals(['A', 'A-1', 'B', 'nobody', 'A-2', 'odd'])).toEqual([
      'station',
      'station',
      'foreign-device',
      'foreign-device',
      'closed-point',
      'unknown-shape',
    ]));

  it('looks each id up once, in whatever order a frame names them', () => {
    const { told, lookups } = asking(['A', 'A', 'A-1', 'A', 'A-1', 'nobody', 'A', 'nobody']);
    expect(lookups).toBe(3);
    expect(told[0]).toBe(told[3]);
    expect(told[2]).toBe(told[4]);
    expect(told[5]).toBe(told[7]);
  });

  it('tells a GNSS station where it stands and which way its slope moves', () => {
    const [station, other] = asking(['A', 'A-1']).told;
    expect(station).toMatchObject({ site: { baselines, slideDirection: 215 } });
    expect(other).not.toHaveProperty('site');
  });

  it('hands on the tools, the sender and the time of arrival', () => {
    const tools = { sha256: () => 'hash' };
    expect(asking(['A'], tools).context).toMatchObject({ deviceId: 'A', receivedAt: 77, tools });
  });

  it('names a topic nobody reads', () => {
    const packet = { deviceId: 'A', topic: 'x', payload: new Uint8Array(), dup: false, receivedAt: 77 };
    expect(decode(packet, { registry: inner, catalogue: tinyCatalogue, codecOf: () => undefined }).faults).toEqual([
      { reason: 'unknown-shape', detail: 'nothing here reads topic x' },
    ]);
  });
});
