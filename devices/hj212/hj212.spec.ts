import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CodecContext, LinkStep } from '#libs/contracts';
import { shippedCatalogue } from '../fakes/shipped.js';
import { hj212Codec } from './codec.js';
import { hj212Crc } from './crc.js';
import { buildPacket, packetsOf, parsePacket } from './packet.js';
import { hj212Dialect } from './session.js';

const mn = '010000A8900016F000169DC0';
const profile = shippedCatalogue().profile('mine-environment');
const context: CodecContext = { deviceId: mn, source: () => (profile ? { profile } : { refused: 'foreign-device', detail: '' }) };
const tools = { login: (ids: readonly string[], password: string) => (ids[0] === mn && password === '100000' ? mn : undefined) };
const data = (cn: string, cp: string, more = 'Flag=5;'): Uint8Array =>
  buildPacket(`QN=20260314060000123;ST=22;CN=${cn};PW=100000;MN=${mn};${more}CP=&&${cp}&&`);
const values = (packet: Uint8Array) => hj212Codec(packet, context).samples.map(({ channel, value }) => [channel, value]);
const reasons = (packet: Uint8Array) => hj212Codec(packet, context).faults.map(({ reason }) => reason);
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
const answers = (steps: readonly LinkStep[]) => steps.flatMap((step) => (step.do === 'take' ? step.answer(0) : [])).map(text);

describe('HJ 212-2017', () => {
  it('agrees with the check vector: length 101, CRC 1C80', () => {
    const vector = `QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=${mn};Flag=5;CP=&&RtdInterval=30&&`;
    expect(vector).toHaveLength(101);
    expect(hj212Crc(new TextEncoder().encode(vector))).toBe('1C80');
    expect(text(buildPacket(vector))).toBe(`##0101${vector}1C80\r\n`);
    expect(packetsOf(buildPacket(vector))).toMatchObject([{ cn: '1062', password: '100000', mn, wantsAnswer: true, cp: 'RtdInterval=30' }]);
  });

  it('reads real-time data; DataTime is Beijing time', () => {
    const decoded = hj212Codec(
      data('2011', 'DataTime=20260314060000;a34001-Rtd=0.35,a34001-Flag=N;a34004-Rtd=41.5,a34004-Flag=N'),
      context,
    );
    expect(decoded.faults).toEqual([]);
    expect(decoded.samples.map(({ channel, value, time }) => [channel, value, new Date(time ?? 0).toISOString()])).toEqual([
      ['M1_A34001_1', 0.35, '2026-03-13T22:00:00.000Z'],
      ['M1_A34004_1', 41.5, '2026-03-13T22:00:00.000Z'],
    ]);
  });

  it.each([
    ['2051', 'minute'],
    ['2061', 'hour'],
    ['2031', 'day'],
  ])('reads mean and maximum of CN %s', (cn, field) => {
    expect(values(data(cn, 'DataTime=20260314060000;a05002-Min=1,a05002-Avg=2,a05002-Max=3,a05002-Cou=9,a05002-Flag=N'))).toEqual([
      [`M1_A05002_1.${field}`, 2],
      [`M1_A05002_1.${field}Max`, 3],
    ]);
  });

  it('puts aside unknown factors, other commands, a missing time and what the analyser itself calls no measurement; keeps the rest', () => {
    expect(reasons(data('2011', 'DataTime=20260314060000;zz99-Rtd=1,zz99-Flag=N;LA-Rtd=61,LA-Flag=N'))).toEqual(['unknown-code']);
    expect(values(data('2011', 'DataTime=20260314060000;zz99-Rtd=1,zz99-Flag=N;LA-Rtd=61,LA-Flag=N'))).toEqual([['M1_LA_1', 61]]);
    expect(reasons(data('1062', 'RtdInterval=30'))).toEqual(['unknown-shape']);
    expect(reasons(data('2011', 'a34001-Rtd=1'))).toEqual(['bad-time']);
    expect(reasons(data('2011', 'DataTime=20260230060000;a34001-Rtd=1'))).toEqual(['bad-time']);
    expect(reasons(data('2011', 'DataTime=20260314060000;a34001-Rtd=1,a34001-Flag=D'))).toEqual(['bad-value']);
    expect(reasons(data('2011', 'DataTime=20260314060000;a34001-Rtd=one'))).toEqual(['bad-value']);
    const calibrated = hj212Codec(data('2011', 'DataTime=20260314060000;a34001-Rtd=1,a34001-Flag=C'), context);
    expect(calibrated.samples[0]?.quality).toEqual(['maintenance']);
  });

  it('answers 9014 when asked for and not otherwise, refuses a wrong password, and answers no heartbeat', () => {
    const session = hj212Dialect().open(tools);
    expect(answers(session.feed(data('2011', 'DataTime=20260314060000;a34001-Rtd=1'), 0))).toEqual([
      text(buildPacket(`QN=20260314060000123;ST=91;CN=9014;PW=100000;MN=${mn};Flag=4;CP=&&&&`)),
    ]);
    expect(answers(session.feed(data('2011', 'DataTime=20260314060000;a34001-Rtd=1', 'Flag=4;'), 0))).toEqual([]);
    expect(session.feed(data('9015', '', 'Flag=4;'), 0)).toMatchObject([{ do: 'note', notice: 'heartbeat' }]);
    expect(session.feed(buildPacket(`QN=1;ST=22;CN=2011;PW=1;MN=${mn};Flag=5;CP=&&&&`), 0)).toMatchObject([
      { do: 'end', notice: 'refused' },
    ]);
  });

  it('hands nothing on that has the password in it, of whole packets and of parts, and they can be read all the same', () => {
    const session = hj212Dialect().open(tools);
    const steps = [
      ...session.feed(data('2011', 'DataTime=20260314060000;a34001-Rtd=100000'), 0),
      ...session.feed(data('2051', 'DataTime=20260314060000;a34001-Avg=1', 'Flag=7;PNUM=2;PNO=1;'), 0),
      ...session.feed(data('2051', 'a34004-Avg=2', 'Flag=7;PNUM=2;PNO=2;'), 0),
    ];
    const payloads = steps.flatMap((step) => (step.do === 'take' ? [step.payload] : []));
    expect(payloads.map((payload) => packetsOf(payload)?.map(({ password }) => password))).toEqual([
      ['******'],
      ['******'],
      ['******', '******'],
    ]);
    expect(payloads.map((payload) => text(payload).includes('PW=100000'))).toEqual([false, false, false]);
    expect(packetsOf(payloads[0] ?? new Uint8Array())?.[0]?.cp).toContain('a34001-Rtd=100000');
  });

  it('answers each part for itself, and a later part has its time from the first', () => {
    const session = hj212Dialect().open(tools);
    session.feed(data('2051', 'DataTime=20260314060000;a34001-Avg=1', 'Flag=7;PNUM=2;PNO=1;'), 0);
    const [second] = session.feed(data('2051', 'a34004-Avg=2', 'Flag=7;PNUM=2;PNO=2;'), 0);
    if (second?.do !== 'take') throw new Error('not taken');
    expect(second.answer(0)).toHaveLength(1);
    expect(values(second.payload)).toEqual([['M1_A34001_1.minute', 1], ['M1_A34004_1.minute', 2]]); // prettier-ignore
  });

  it('finds packets in noise and ends when nothing but noise comes', () => {
    const session = hj212Dialect().open(tools);
    const good = data('2011', 'DataTime=20260314060000;a34001-Rtd=1');
    const noisy = Uint8Array.from([...good.slice(0, 40), ...good, 0x23, ...good]);
    expect(
      [...noisy].flatMap((byte) => session.feed(Uint8Array.of(byte), 0)).filter((step) => step.do === 'take').length,
    ).toBeGreaterThanOrEqual(1);
    expect(session.feed(new Uint8Array(13_000), 0).at(-1)).toMatchObject({ do: 'end', notice: 'unreadable' });
  });

  it('never throws, and a packet changed in one byte is no packet', () => {
    const good = data('2011', 'DataTime=20260314060000;a34001-Rtd=1,a34001-Flag=N');
    const chunk = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string().map((cp) => data('2011', cp)),
      fc.constant(good),
    );
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 6 }), (chunks) => {
        const session = hj212Dialect().open(tools);
        for (const bytes of chunks) {
          hj212Codec(bytes, context);
          for (const step of session.feed(bytes, 0)) if (step.do === 'take') step.answer(0);
        }
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 6, max: good.length - 3 }), fc.integer({ min: 1, max: 127 }), (at, change) => {
        const bad = Uint8Array.from(good);
        bad[at] = (bad[at] ?? 0) ^ change;
        // The four digits of the CRC are read in either case.
        if (at < good.length - 6) expect(parsePacket(bad)).toBe('bad');
      }),
    );
  });
});
