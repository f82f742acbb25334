import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MinuteBucket } from './bucket.js';
import { fitBytes, plainInMarkdown } from './dialect.js';
import { dingtalk } from './dingtalk.js';
import { wecom } from './wecom.js';

describe('a robot’s minute', () => {
  it('never has more than the vendor takes, whenever it speaks', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 120 }), (pauses) => {
        const bucket = new MinuteBucket();
        const said: number[] = [];
        let now = 0;
        for (const pause of pauses) {
          now += pause;
          if (bucket.take(now) === 0) said.push(now);
        }
        for (const at of said) expect(said.filter((one) => one > at - 60_000 && one <= at).length).toBeLessThan(20);
      }),
    );
  });

  it('says how long to wait, and a wait of that length is enough', () => {
    const bucket = new MinuteBucket();
    for (let n = 0; n < 18; n += 1) expect(bucket.take(n)).toBe(0);
    const wait = bucket.take(100);
    expect(wait).toBe(59_900);
    expect(bucket.take(100 + wait)).toBe(0);
    bucket.full(200_000);
    expect(bucket.take(200_001)).toBe(59_999);
  });
});

it('cuts between characters, never over the limit', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('村', 'a', '𠮷', '，'), maxLength: 200 }),
      fc.integer({ min: 3, max: 300 }),
      (text, most) => {
        const cut = fitBytes(text, most);
        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(Math.max(most, 3));
        expect(cut === text || text.startsWith(cut.slice(0, -1))).toBe(true);
        expect(cut).not.toContain('�');
      },
    ),
  );
});

it('signs as DingTalk’s documentation does, and leaves an unprotected address alone', () => {
  const url = 'https://oapi.dingtalk.com/robot/send?access_token=abc';
  const made = new URL(dingtalk({ url, secret: 'SEC123' }).request('红色预警', '石碑村*3_组', 1_700_000_000_000).url);
  expect(made.searchParams.get('access_token')).toBe('abc');
  expect(made.searchParams.get('timestamp')).toBe('1700000000000');
  expect(Buffer.from(made.searchParams.get('sign') ?? '', 'base64')).toHaveLength(32);
  expect(dingtalk({ url, secret: '' }).request('t', 'x', 1).url).toBe(url);
  expect(plainInMarkdown('石碑村*3_组')).toBe('石碑村\\*3\\_组');
});

it.each([
  [dingtalk({ url: 'https://a', secret: '' }), 130_101, 'RECIPIENT_LIMIT'],
  [dingtalk({ url: 'https://a', secret: '' }), 310_000, 'ACCOUNT'],
  [dingtalk({ url: 'https://a', secret: '' }), 7, 'BUG'],
  [wecom({ url: 'https://a' }), 45_009, 'RECIPIENT_LIMIT'],
  [wecom({ url: 'https://a' }), 93_000, 'ACCOUNT'],
  [wecom({ url: 'https://a' }), -1, 'TRANSIENT'],
] as const)('class of an errcode', (dialect, errcode, cls) => expect(dialect.classify(errcode)).toBe(cls));
