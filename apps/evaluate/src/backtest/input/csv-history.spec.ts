import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR, MINUTE, toIso, type StoredReading } from '#libs/contracts';
import { csvHistory } from './csv-history.js';
import { batchSize } from './history.js';
import { anyPoint, deviceOf, parsePointFile } from './point-file.js';

const t0 = Date.UTC(2026, 6, 1);
let folder = '';
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'backtest-input-'))));
afterAll(() => rmSync(folder, { recursive: true }));

function history(lines: readonly string[], point = anyPoint) {
  const file = path.join(folder, 'data.csv');
  writeFileSync(file, lines.join('\n'));
  const found = csvHistory(file, point);
  const readings: StoredReading[] = [];
  for (const batch of found.batches() as Iterable<readonly StoredReading[]>) for (const one of batch) readings.push({ ...one });
  return { ...found, readings };
}
const at = (minute: number): string => toIso(t0 + minute * MINUTE);

describe('csvHistory', () => {
  it('without a time of arrival the order of the file does not matter', () => {
    const rows = [3, 1, 2, 0].flatMap((minute) => [`${at(minute * 60)},L1_LF_1,${minute}`, `${at(minute * 60)},L3_YL_1,${minute * 10}`]);
    const { readings, report } = history(['time,channel,value', ...rows]);
    expect(readings.map(({ channel, value }) => `${channel} ${value}`)).toEqual(
      [0, 1, 2, 3].flatMap((minute) => [`L1_LF_1 ${minute}`, `L3_YL_1 ${minute * 10}`]),
    );
    expect(readings.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(report).toMatchObject({ sorted: true, late: 0, devices: [{ deviceId: 'D1', interval: 3600, given: false }] });
  });

  it('with one they are judged in the order they arrived, and late ones are marked', () => {
    const rows = [0, 1, 2, 3, 4].map((hour) => `${at(hour * 60)},L1_LF_1,${hour},E1,${at(hour === 1 ? 241 : hour * 60)}`);
    const { readings, report } = history(['time,channel,value,device,received', ...rows]);
    expect(readings.map(({ value }) => value)).toEqual([0, 2, 3, 4, 1]);
    // Two intervals of an hour are the limit: it came three hours and a minute late.
    expect(readings.map(({ quality }) => quality)).toEqual([[], [], [], [], ['late']]);
    expect(readings.at(-1)).toMatchObject({ time: t0 + HOUR, receivedAt: t0 + 241 * MINUTE });
    expect(report.late).toBe(1);
  });

  it('keeps the first of two readings of one moment, and counts the other', () => {
    const { readings, report } = history(['time,channel,value', `${at(0)},A,1`, `${at(0)},A,2`, `${at(1)},A,3`]);
    expect(readings.map(({ value }) => value)).toEqual([1, 3]);
    expect(report.duplicates).toBe(1);
  });

  it('bad lines are counted once, however often the file is read', () => {
    const { report } = history(['time,channel,value', `${at(0)},A,1`, `${at(0)},A,x`, 'yesterday,A,1']);
    expect(report.bad).toMatchObject({
      count: 2,
      byReason: { value: 1, time: 1 },
      first: [
        { line: 3, why: 'value' },
        { line: 4, why: 'time' },
      ],
    });
  });

  it('more than a batch comes whole', () => {
    const count = batchSize * 2 + 7;
    const rows = Array.from({ length: count }, (_, i) => `${t0 + i * 1000},A,${i}`);
    const { readings } = history(['time,channel,value', ...rows]);
    expect(readings.map(({ value }) => value)).toEqual(Array.from({ length: count }, (_, i) => i));
  });

  it('what is known of the point comes before what is measured', () => {
    const point = parsePointFile('intervals: { E1: 10 min }\ndevices: { E1: [L1_LF_*], G1: ["L1_GP_*"] }', 'p');
    const { readings, report } = history(
      ['time,channel,value', ...[0, 1, 2].flatMap((h) => [`${at(h * 60)},L1_LF_1,0`, `${at(h * 60)},L1_GP_1.gpsTotalX,0`])],
      point,
    );
    expect(new Set(readings.map(({ deviceId, channel }) => `${deviceId} ${channel}`))).toEqual(
      new Set(['E1 L1_LF_1', 'G1 L1_GP_1.gpsTotalX']),
    );
    expect(report.devices).toEqual([
      { deviceId: 'E1', interval: 600, given: true },
      { deviceId: 'G1', interval: 3600, given: false },
    ]);
  });
});

describe('parsePointFile', () => {
  it('reads what a record of a hazard point holds, and names what it does not know', () => {
    const point = parsePointFile(
      'unifiedCode: "500112010001"\nkind: landslide\nmainSlideDirection: 135\nslopeHeight: 80\nthresholds: [{ rule: velocity, level: red, value: 12 }]\nintervals: { E1: 3600 }',
      'p.yaml',
    );
    expect(point).toMatchObject({ mainSlideDirection: 135, thresholds: [{ level: 'red', value: 12 }], intervals: { E1: 3_600_000 } });
    expect(() => parsePointFile('kind: volcano\nmainslidedirection: 1\nintervals: { E1: soon }', 'p.yaml')).toThrow(
      /p\.yaml: .*kind[\s\S]*intervals\.E1/,
    );
  });

  it.each([
    ['devices: { A: [L1_*], B: ["*_2.x"] }', 'L1_LF_1', 'A'],
    ['devices: { A: [L1_*], B: ["*_2.x"] }', 'L9_2.x', 'B'],
    ['devices: { A: [L1_*], B: ["*_2.x"] }', 'L9_3.x', 'D1'],
    ['intervals: { E1: 1 h }', 'L1_LF_1', 'E1'],
    ['{}', 'L1_LF_1', 'D1'],
  ])('%s: %s belongs to %s', (text, channel, device) => expect(deviceOf(parsePointFile(text, 'p'), channel)).toBe(device));
});
