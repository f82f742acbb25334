import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND, type GatewayMessage, type WarningView } from '#libs/contracts';
import { PATIENCE_MS, RecordingDevice, Scenario, socketTransport, type TestStation, testStation, until } from '#libs/testing';
import { frameOf, type Sample } from '../outside/readings.js';

/** A point whose crack opens, one in a cloudburst, one where nothing happens. */
const crack = { code: '513221010042', device: '91700001', channel: 'L1_LF_1', phone: '13900000011' };
const rain = { code: '513221010043', device: '91700002', channel: 'L3_YL_1', phone: '13900000012' };
const calm = { code: '513221010044', device: '91700003', channel: 'L1_LF_1', phone: '13900000013' };

const ofPoint =
  ({ code }: { code: string }) =>
  (warning: WarningView): boolean =>
    warning.hazardPoint === code;
const toPhone =
  ({ phone }: { phone: string }) =>
  (message: GatewayMessage): boolean =>
    message.to.endsWith(phone);

describe('acceptance rulebook through the whole station', () => {
  let station: TestStation;
  const secrets = new Map<string, string>();
  const links: RecordingDevice[] = [];
  /** What each device published, device time → value. */
  const published = new Map<string, Map<number, number>>();

  beforeAll(async () => {
    station = await testStation('drill reference');
    for (const [place, profile] of [
      [crack, 'crack-meter'],
      [rain, 'rain-gauge'],
      [calm, 'crack-meter'],
    ] as const) {
      await station.county.createPoint(place.code);
      await station.county.createHousehold(place.code, place.phone);
      secrets.set(place.device, await station.county.createDevice(place.device, profile, place.code));
    }
  });
  afterAll(async () => {
    for (const link of links) await link.disconnect();
    await station?.stop();
  });

  const connect = async ({ device }: { device: string }): Promise<RecordingDevice> => {
    const link = await station.device(device, secrets.get(device) ?? '');
    links.push(link);
    return link;
  };
  const publish = async (link: RecordingDevice, place: typeof crack, samples: readonly Sample[]): Promise<void> => {
    const known = published.get(place.device) ?? new Map<number, number>();
    published.set(place.device, known);
    for (const [time, value] of samples) known.set(time, value);
    await link.publish('$dp', frameOf(place.device, samples, place.channel));
  };

  it('keeps its times: nothing in a quiet hour, red by the second sample, one message each, nothing else', async () => {
    const [crackLink, rainLink, calmLink] = await Promise.all([connect(crack), connect(rain), connect(calm)]);
    const now = Date.now();
    const minutes = (from: number, to: number, step: number): number[] =>
      Array.from({ length: Math.floor((from - to) / step) + 1 }, (_, i) => now - (from - i * step) * MINUTE);

    const script = new Scenario();
    script.at('0s', 'a wrong secret knocks').do(async () => {
      await expect(RecordingDevice.connect(socketTransport(station.mqttPort), crack.device, 'wrong')).rejects.toThrow(/Not authorized/i);
    });
    script.at('100ms', 'a quiet hour').do(async () => {
      await publish(
        crackLink,
        crack,
        minutes(55, 2, 1).map((time, i) => [time, (i % 3) / 10]),
      );
      await publish(
        rainLink,
        rain,
        minutes(55, 2, 1).map((time, i) => [time, i % 10 === 0 ? 0.2 : 0]),
      );
      await publish(
        calmLink,
        calm,
        minutes(55, 1, 1).map((time, i) => [time, (i % 3) / 10]),
      );
    });
    script.at('200ms', 'bytes nobody can read, on the connection that matters').do(async () => {
      await crackLink.publish('$dp', Buffer.from([2, 0xff, 0xff, 0x7b]));
      await crackLink.publish('$dp', Buffer.from('not json at all'));
      await crackLink.publish('$dp', frameOf('99999999', [[now, 900]]));
    });
    script.at('1s', 'the crack jumps 45 mm').do(() => publish(crackLink, crack, [[now - 25 * SECOND, 45]]));
    script.at('2s', 'a second sample 13 s of device time later').do(() => publish(crackLink, crack, [[now - 12 * SECOND, 46]]));
    script.at('3s', 'and a third, which is no news').do(() => publish(crackLink, crack, [[now, 47]]));
    script.at('5s', '82 mm of rain at once').do(() => publish(rainLink, rain, [[now + 4 * SECOND, 82]]));
    script.at('6s', 'and it still rains, 4 s of device time later').do(() => publish(rainLink, rain, [[now + 8 * SECOND, 0.2]]));
    script.at('11s', 'and still, 12 s of device time later').do(() => publish(rainLink, rain, [[now + 16 * SECOND, 0.2]]));

    script.between('0s', '1s').want('warning.opened', 0, 'nothing opens in a quiet hour');
    script.between('1s', '2s').want('sms', 0, 'one sample messages nobody');
    script.between('1s', '7s').want('warning.opened', 1, 'one warning of the crack', ofPoint(crack));
    script
      .between('2s', '7s')
      .want(
        'warning.release',
        1,
        'published to the public once',
        (w: WarningView) => ofPoint(crack)(w) && w.release.public === 'published',
      );
    script.between('2s', '7s').want('sms', 1, 'one message to the household within 5 s', toPhone(crack));
    script
      .between('2s', '7s')
      .want('consultation.opened', 1, 'one consultation', (c: { hazardPoint: string }) => c.hazardPoint === crack.code);
    script.between('5s', '11s').want('sms', 0, 'two samples 4 s apart confirm nothing', toPhone(rain));
    script.between('11s', '16s').want('sms', 1, 'one message of the rain within 5 s', toPhone(rain));
    script.between('0s', '16s').want('sms', 2, 'nobody else is messaged');
    script.between('0s', '16s').want('warning.opened', 2, 'nothing else opens');
    await script.run(() => station.observations);
  });

  it.each([crack, rain])('shows the warning of $channel confirmed red, told to one household in one part', async (place) => {
    const [warning, ...others] = await station.county.warnings(place.code);
    expect(others).toEqual([]);
    expect(warning).toMatchObject({ level: 'red', state: 'confirmed', exercise: false, release: { public: 'published' } });
    expect(warning?.rule.id).toBe('reference');
    const deliveries = await station.county.deliveries(warning?.id ?? '');
    expect(deliveries.map(({ channel, role, parts }) => `${channel} ${role} ${parts}`).toSorted()).toEqual([
      'sms household 1',
      'voice household 1',
      'wall duty 1',
    ]);
    const [message] = await station.outbox.messages(place.phone);
    expect(message?.text).toMatch(/^【.+】地灾红色预警：/);
    expect(message?.outId).toBe(deliveries.find(({ channel }) => channel === 'sms')?.outId);
    expect((message?.text ?? '').length).toBeLessThanOrEqual(67);
  });

  it('freezes the evidence of the consultation', async () => {
    const warning = (await station.county.warnings(crack.code))[0];
    const [before, ...others] = await station.county.consultations(warning?.id ?? '');
    expect(others).toEqual([]);
    const curve = before?.evidence.series.find(({ channel }) => channel === crack.channel);
    expect(curve?.readings.some(({ value }) => value === 45)).toBe(true);
    expect(before?.evidence.warning.level).toBe('red');
    const link = links[0];
    if (!link) throw new Error('the crack meter is not connected');
    await publish(link, crack, [[Date.now(), 48]]);
    const [after] = await station.county.consultations(warning?.id ?? '');
    expect(after?.evidence).toEqual(before?.evidence);
  });

  it('puts what nobody can read aside, each with its reason', async () => {
    const aside = await station.api.all<{ deviceId: string; reason: string }>('/quarantine');
    expect(
      aside
        .filter(({ deviceId }) => deviceId === crack.device)
        .map(({ reason }) => reason)
        .sort(),
    ).toEqual(['foreign-device', 'unreadable-frame', 'unreadable-json']);
    expect(aside).toHaveLength(3);
  });

  it.each([crack, rain, calm])('stores exactly what $device published', async (place) => {
    const sent = published.get(place.device) ?? new Map<number, number>();
    const stored = await station.county.readings(place.device, place.channel, Date.now() - 2 * HOUR, Date.now() + HOUR);
    expect(stored.map(({ time, value }) => [Date.parse(time), value]).sort()).toEqual([...sent].sort());
  });

  it('shows every event in sequence, and the same again to a wall that comes later', async () => {
    const offset = station.wall.snapshots[0]?.seq ?? -1;
    const seen = station.wall.events.map(({ seq }) => seq);
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, i) => offset + 1 + i));
    const last = seen.at(-1) ?? 0;
    const later = await station.openWall(offset);
    await until('the replay', PATIENCE_MS, () => later.events.some(({ seq }) => seq >= last));
    expect(later.events.slice(0, seen.length)).toEqual(station.wall.events.slice(0, seen.length));
    expect(station.wall.frames.length).toBeGreaterThan(0);
  });

  it('logged no error on the way', () => {
    expect(station.errors).toEqual([]);
  });
});
