import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR, MINUTE, type IndicatorSeries, type PortView } from '#libs/contracts';
import { PATIENCE_MS, testStation, type TestStation, until } from '#libs/testing';
import { Sl651Station } from '../../terrain/src/sl651-station.js';

const point = '513221030061';
const address = '0061303212';

describe('a hydrological rain station above a gully', () => {
  let station: TestStation;
  let gauge: Sl651Station;
  /** A whole hour, at least one ago: the station is asked for whole hours. */
  const hour = Math.floor(Date.now() / HOUR - 1) * HOUR;

  beforeAll(async () => {
    station = await testStation('drill hydrology', { WANGSHAN_SL651_PORT: '0' });
    await station.county.createPoint(point, { kind: 'debris-flow', rulebook: 'debris-flow', release: {} });
    const { linkPasswords } = await station.api.post<{ linkPasswords: { sl651: string } }>('/devices', {
      deviceId: address,
      profile: 'sl651-station',
      hazardPoint: point,
      interval: 300,
    });
    const ports = await station.api.all<PortView>('/system/ports');
    const port = ports.find(({ name }) => name === 'sl651')?.port ?? 0;
    gauge = await Sl651Station.connect({ port, address, password: linkPasswords.sl651 });
  });
  afterAll(async () => {
    gauge?.close();
    await station?.stop();
  });

  /** The newest of its curve. Its value is unknown as soon as the clock is looked at: what is told lies hours back, and the station has been silent since. */
  const rain = async (id: string): Promise<number | undefined> => {
    const curves = await station.api.all<IndicatorSeries>(`/hazard-points/${point}/indicators`);
    return curves.find((curve) => curve.id === id && curve.deviceId === address)?.samples.at(-1)?.[1];
  };
  const totals = async (): Promise<string[]> => {
    const path = `/devices/${address}/readings?channel=L3_YL_1.totalValue&from=${new Date(hour - 5 * HOUR).toISOString()}`;
    return (await station.api.get<{ readings: { time: string }[] }>(path)).readings.map(({ time }) => time);
  };

  const gaps = async (): Promise<string[]> => {
    const found = await station.api.all<{ state: string }>(`/devices/${address}/gaps`);
    return found.map(({ state }) => state);
  };
  /** Questions for history the station has heard. */
  const questions = (): number => gauge.heard.filter(({ afn, end }) => afn === 0x38 && end === 0x05).length;

  it('is judged by its running total', async () => {
    for (let minutes = -60; minutes <= 0; minutes += 5) gauge.measure(hour - HOUR + minutes * MINUTE, 100 + (minutes + 60) / 2);
    await until('the rain of an hour', PATIENCE_MS, async () => (await rain('rain-1h')) === 30);
    await until('the rain of three hours', PATIENCE_MS, async () => (await rain('rain-3h')) === 30);
  });

  it('is asked for what did not come, and what it sends then fills the hour', async () => {
    for (let minutes = 5; minutes <= 55; minutes += 5) gauge.measure(hour - HOUR + minutes * MINUTE, 130 + minutes / 5, true);
    gauge.measure(hour, 142);
    // The loss is seen by the serial number, and again by its time: one question is enough.
    await until('what was lost', PATIENCE_MS, async () => (await totals()).length === 25);
    expect(questions()).toBe(1);
    await until('the rain of the hour', PATIENCE_MS, async () => (await rain('rain-1h')) === 12);
    await until('the gap closed', PATIENCE_MS, async () => (await gaps()).join() === 'filled');
  });

  it('is asked for what it never reported when it next speaks', async () => {
    for (let minutes = 5; minutes <= 55; minutes += 5) gauge.keep(hour + minutes * MINUTE, 142 + minutes / 10);
    gauge.measure(hour + HOUR, 148);
    await until('the gap', PATIENCE_MS, async () => (await gaps()).includes('open'));
    expect(questions()).toBe(1);
    gauge.send(hour + HOUR, '38121265');
    await until('the rain of the hour', PATIENCE_MS, async () => (await rain('rain-1h')) === 6);
    await until('the gap closed', PATIENCE_MS, async () => (await gaps()).join() === 'filled,filled');
    expect(questions()).toBe(2);
  });
});
