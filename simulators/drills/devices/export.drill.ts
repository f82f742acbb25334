import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testStation, type TestStation } from '#libs/testing';

/** What leaves the house as a file is what came in over MQTT, whole, and the log says who took it. */
describe('readings as a file', () => {
  const count = 3_000;
  const end = Math.floor(Date.now() / 60_000) * 60_000;
  const begin = end - (count - 1) * 60_000;
  let station: TestStation;
  const span = `from=${begin}&to=${end}`;
  const file = (query: string): Promise<Response> =>
    fetch(`${station.url}/api/v1/devices/export-1/readings/export?${query}`, { headers: { authorization: `Bearer ${station.api.token}` } });

  beforeAll(async () => {
    station = await testStation('export drill');
    await station.county.createPoint('513221010042');
    const secret = await station.county.createDevice('export-1', 'crack-meter', '513221010042', { interval: 60 });
    const device = await station.device('export-1', secret);
    for (let first = 0; first < count; first += 500) {
      const values = Array.from({ length: 500 }, (_, n) => ({ ts: begin + (first + n) * 60_000, values: { L1_LF_1: (first + n) / 10 } }));
      await device.publish('v1/devices/me/telemetry', JSON.stringify(values));
    }
    await device.disconnect();
  });
  afterAll(() => station.stop());

  it('is CSV', async () => {
    const answer = await file(`channel=L1_LF_1&${span}`);
    expect(answer.headers.get('content-type')).toMatch(/^text\/csv/);
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="export-1-\d{4}-\d\d-\d\d\.csv"$/);
    const lines = (await answer.text()).trimEnd().split('\n');
    expect(lines[0]).toBe('time,channel,value,quality');
    expect(lines.slice(1).map((line) => line.split(',').slice(0, 3).join(','))).toEqual(
      Array.from({ length: count }, (_, n) => `${new Date(begin + n * 60_000).toISOString()},L1_LF_1,${n / 10}`),
    );
  });

  it('is Parquet', async () => {
    const answer = await file(`channel=L1_LF_1.value&format=parquet&${span}`);
    const rows = await parquetReadObjects({ file: await answer.arrayBuffer() });
    expect(rows).toHaveLength(count);
    expect(rows.at(-1)).toMatchObject({ time: new Date(end), channel: 'L1_LF_1', value: (count - 1) / 10 });
  });

  it('names a channel the instrument does not have', async () => {
    const answer = await file(`channel=L3_YL_1&${span}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'invalid-request', detail: expect.stringContaining('L3_YL_1') as string });
  });

  it('is written in the audit log', async () => {
    const records = await station.api.all<{ action: string; actor: string; object: string }>('/audit');
    expect(records.filter(({ action }) => action === 'readings.export')).toEqual([
      expect.objectContaining({ actor: 'admin', object: 'export-1' }),
      expect.objectContaining({ actor: 'admin', object: 'export-1' }),
    ]);
  });
});
