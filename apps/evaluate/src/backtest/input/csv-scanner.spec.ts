import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvError, CsvScanner } from './csv-scanner.js';

function scan(text: string, cuts: readonly number[] = []) {
  const rows: [number, string, number, number][] = [];
  const bad: string[] = [];
  const scanner: CsvScanner = new CsvScanner({
    row: (time, series, value, received) => {
      const { device, channel } = scanner.series[series] ?? { device: '?', channel: '?' };
      rows.push([time, `${device}/${channel}`, value, received]);
    },
    bad: (line, why) => bad.push(`${line} ${why}`),
  });
  const bytes = Buffer.from(text);
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    // In memory that is written over afterwards, as a file's pieces are.
    const piece = Buffer.from(bytes.subarray(from, cut));
    scanner.push(piece);
    piece.fill(0);
    from = Math.max(from, cut);
  }
  scanner.end();
  return { rows, bad };
}

describe('CsvScanner', () => {
  it('finds its columns in any order, among others, quoted or not, from Windows or not', () => {
    const { rows, bad } = scan(
      '\uFEFFdevice, note ,value,"channel",time\r\nG1,x,1.5,"L1_GP_1.gpsTotalX",2026-07-01T00:00:00Z\r\nG1,,2,L1_LF_1.value,1782864001000',
    );
    expect(rows).toEqual([
      [Date.UTC(2026, 6, 1), 'G1/L1_GP_1.gpsTotalX', 1.5, Number.NaN],
      [1782864001000, 'G1/L1_LF_1', 2, Number.NaN],
    ]);
    expect(bad).toEqual([]);
  });

  it('names every line that is no reading, with its number, and goes on', () => {
    const { rows, bad } = scan(
      [
        'time,channel,value,device,received',
        '1,A,1,D,1',
        'x,A,1,D,1',
        '2,A,,D,1',
        '3,A,n/a,D,1',
        '4,,1,D,1',
        '5,A,1,D D,1',
        '6,A,1,D,x',
        '7,A',
        '',
        '8,A,8,D,9',
      ].join('\n'),
    );
    expect(bad).toEqual(['3 time', '4 no-value', '5 value', '6 channel', '7 device', '8 received', '9 columns']);
    expect(rows.map(([time]) => time)).toEqual([1, 8]);
  });

  it.each(['', 'time,value\n1,2', 'a,b,c\n'])('refuses %j as no history', (text) => expect(() => scan(text)).toThrow(CsvError));

  it('reads the same wherever the file is cut, and whatever order the series come in', () => {
    const row = fc.tuple(
      fc.integer({ min: 0, max: 2e12 }),
      fc.constantFrom('L1_LF_1', 'L1_LF_12', 'L3_YL_1'),
      fc.integer({ min: -999, max: 999 }),
      fc.constantFrom('D1', 'D2'),
    );
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), fc.array(fc.nat(2000), { maxLength: 8 }), (all, cuts) => {
        const text = `time,channel,value,device\n${all.map((one) => one.join(',')).join('\n')}\n`;
        const places = cuts.map((cut) => cut % text.length).toSorted((a, b) => a - b);
        expect(scan(text, places).rows).toEqual(
          all.map(([time, channel, value, device]) => [time, `${device}/${channel}`, value, Number.NaN]),
        );
      }),
    );
  });
});
