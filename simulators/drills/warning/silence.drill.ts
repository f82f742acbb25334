import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromIso, MINUTE, SECOND, toIso, type GatewayMessage, type Silence, type WarningView } from '#libs/contracts';
import { PATIENCE_MS, type RecordingDevice, Scenario, type TestStation, testStation, until } from '#libs/testing';
import { frameOf, type Sample } from '../outside/readings.js';

/** A slope that goes on to red, one that stays orange, one whose silence a person ends, one whose data come late. */
const rising = { code: '513221010052', device: '91700052', responsible: '13900000521', monitor: '13900000522' };
const staying = { code: '513221010053', device: '91700053', responsible: '13900000531', monitor: '13900000532' };
const ended = { code: '513221010054', device: '91700054', responsible: '13900000541', monitor: '13900000542' };
const late = { code: '513221010055', device: '91700055', responsible: '13900000551', monitor: '13900000552' };
const places = [rising, staying, ended, late];
type Place = typeof rising;

/** A block of late samples is judged when it has not grown for half a minute. */
const LATE_MS = 30 * SECOND + PATIENCE_MS;
const toGuards =
  ({ responsible, monitor }: Place) =>
  ({ to }: GatewayMessage): boolean =>
    to.endsWith(responsible) || to.endsWith(monitor);
const atLevel =
  ({ code }: Place, level: string) =>
  (warning: WarningView): boolean =>
    warning.hazardPoint === code && warning.level === level;

describe('silences and late data, through the whole station', () => {
  let station: TestStation;
  const links = new Map<string, RecordingDevice>();

  beforeAll(async () => {
    station = await testStation('drill silence');
    for (const place of places) {
      await station.county.createPoint(place.code, { release: {} });
      await station.county.createWorkCard(place.code, place.responsible, place.monitor);
      const secret = await station.county.createDevice(place.device, 'crack-meter', place.code, { interval: 60 });
      links.set(place.device, await station.device(place.device, secret));
    }
  });
  afterAll(async () => {
    for (const link of links.values()) await link.disconnect();
    await station?.stop();
  });

  const publish = async ({ device }: Place, samples: readonly Sample[]): Promise<void> =>
    links.get(device)?.publish('$dp', frameOf(device, samples));
  /** A sample a minute, the last so many minutes ago. */
  const quietHour = (place: Place, now: number, last: number): Promise<void> =>
    publish(
      place,
      Array.from({ length: 55 - last }, (_, i): Sample => [now - (55 - i) * MINUTE, (i % 3) / 10]),
    );
  const warningOf = async ({ code }: Place): Promise<WarningView | undefined> => (await station.county.warnings(code))[0];

  it('orange makes no sound and is shown, red sounds; what still holds is told when the silence ends, once', async () => {
    const now = Date.now();
    let silence: Silence | undefined;
    let long: Silence | undefined;
    let short: Silence | undefined;
    const silenced = (place: Place, seconds: number) =>
      station.api.post<Silence>('/silences', {
        hazardPoint: place.code,
        level: 'orange',
        reason: '现场检修',
        until: toIso(Date.now() + seconds * SECOND),
      });
    const places = [rising, staying, ended];
    const script = new Scenario();
    script.at('0s', 'a quiet hour').do(async () => {
      for (const place of places) await quietHour(place, now, 1);
    });
    script.at('1s', 'three silences').do(async () => {
      await silenced(rising, 3600);
      long = await silenced(staying, 3600);
      silence = await silenced(ended, 3600);
    });
    script.at('3s', 'all three move').do(async () => {
      for (const place of places) await publish(place, [[now, 25]]);
    });
    script.at('4s', 'and do so 12 s of device time later: orange').do(async () => {
      for (const place of places) await publish(place, [[now + 12 * SECOND, 25.2]]);
    });
    script.at('8s', 'a silence is shortened: another, which soon ends by itself, and no longer the first').do(async () => {
      short = await silenced(staying, 5);
      await station.api.call('DELETE', `/silences/${long?.id ?? ''}`);
    });
    script.at('9s', 'one moves on').do(() => publish(rising, [[now + 24 * SECOND, 45]]));
    script.at('10s', '12 s of device time later it is red').do(() => publish(rising, [[now + 36 * SECOND, 45.5]]));
    script.at('18s', 'a person ends one silence').do(async () => {
      expect(await warningOf(ended)).toMatchObject({
        level: 'orange',
        state: 'confirmed',
        release: { internal: 'none' },
        heldBack: { by: 'silence', id: silence?.id, owner: 'admin', warning: 'orange' },
      });
      await station.api.call('DELETE', `/silences/${silence?.id ?? ''}`);
    });

    script.between('0s', '8s').want('silence.changed', 3, 'the silences are on the wall');
    script
      .between('3s', '8s')
      .want('warning.state', 3, 'each orange is on the wall, marked', (w: WarningView) => w.heldBack?.by === 'silence');
    script.between('0s', '8s').want('sms', 0, 'silenced orange messages nobody');
    script.between('9s', '14s').want('sms', 2, 'red is told through the silence', toGuards(rising));
    script.between('9s', '14s').want('warning.level', 1, 'red is on the wall', atLevel(rising, 'red'));
    script.between('9s', '18s').want('sms', 2, 'the silence ended by itself and orange still holds', toGuards(staying));
    script.between('18s', '23s').want('sms', 2, 'the silence was ended and orange still holds', toGuards(ended));
    script.between('0s', '23s').want('sms', 6, 'nobody is told anything twice, and nobody else');
    await script.run(() => station.observations);

    const early = station.observations.filter(
      ({ at, kind, what }) => kind === 'sms' && toGuards(staying)(what as GatewayMessage) && at < fromIso(short?.until ?? ''),
    );
    expect(early, 'told before the silence had ended').toEqual([]);
    for (const place of places) expect((await warningOf(place))?.heldBack).toBeUndefined();
    const actions = (await station.api.all<{ action: string }>('/audit')).map(({ action }) => action);
    expect(actions.filter((action) => action.startsWith('silence.'))).toEqual([
      ...Array<string>(4).fill('silence.declared'),
      'silence.ended',
      'silence.ended',
    ]);
    const shown = (await station.api.all<Silence>('/silences?open=true')).map(({ hazardPoint }) => hazardPoint);
    expect(shown).toEqual([rising.code]);
  });

  it('refuses red, and no end', async () => {
    const body = { hazardPoint: rising.code, level: 'red', reason: '现场检修', until: toIso(Date.now() + MINUTE) };
    await expect(station.api.post('/silences', body)).rejects.toMatchObject({ status: 400 });
    await expect(station.api.post('/silences', { ...body, level: 'orange', until: undefined })).rejects.toMatchObject({ status: 400 });
  });

  it('a late block that crossed red corrects the record and the wall, and messages nobody', async () => {
    const now = Date.now();
    await quietHour(late, now, 30);
    await publish(late, [[now - 2 * SECOND, 0.1]]);
    // What the device could not send half an hour ago, and sends now.
    await publish(
      late,
      Array.from({ length: 4 }, (_, i): Sample => [now - (28 - i) * MINUTE, 60 + i / 10]),
    );
    const warning = await until('the correction', LATE_MS, async () => {
      const found = await warningOf(late);
      return found?.late === true ? found : undefined;
    });
    expect(warning).toMatchObject({ level: 'red', late: true, release: { internal: 'none', public: 'none' } });
    const { timeline } = await station.county.warning(warning?.id ?? '');
    expect(timeline.some(({ reasons }) => reasons[0]?.code === 'late-data')).toBe(true);
    await until('the correction on the wall', PATIENCE_MS, () =>
      station.wall.events.some(
        ({ type, payload }) =>
          type === 'warning.opened' && (payload as WarningView).hazardPoint === late.code && (payload as WarningView).late,
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, 3 * SECOND));
    expect(await station.county.deliveries(warning?.id ?? '')).toEqual([]);
    expect(station.observations.filter(({ kind, what }) => kind === 'sms' && toGuards(late)(what as GatewayMessage))).toEqual([]);
  });

  it('what is still so now is told by the live data that follow', async () => {
    const now = Date.now();
    await publish(late, [[now, 61]]);
    await publish(late, [[now + 12 * SECOND, 61.2]]);
    await until('the message', PATIENCE_MS, () =>
      station.observations.some(({ kind, what }) => kind === 'sms' && toGuards(late)(what as GatewayMessage)),
    );
    expect((await warningOf(late))?.late).toBeUndefined();
  });

  it('nothing of it was an error to the station', () => expect(station.errors).toEqual([]));
});
