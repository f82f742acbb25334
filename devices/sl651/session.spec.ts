import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LinkStep } from '#libs/contracts';
import { bytesOf, stampOf } from './bcd.js';
import { buildUplink, queryHistory, setClock } from './downlink.js';
import { afn, framesOf, parseFrame, symbol } from './frame.js';
import { sl651Dialect } from './session.js';

/** Bytes written in hex, with blanks where it helps the eye. */
const hexBytes = (hex: string) => bytesOf(hex.replaceAll(' ', ''));
const party = { station: '0012345678', centre: 1, password: '1234' };
const now = Date.UTC(2026, 2, 13, 22, 0, 5);
const tools = {
  login: (ids: readonly string[], password: string) => (ids.includes('12345678') && password === '1234' ? '12345678' : undefined),
};

const report = (serial: number, at = now, elements = '2619000123'): Uint8Array => {
  const hex = `${serial.toString(16).padStart(4, '0')}${stampOf(at)}F1F1001234567850F0F0${stampOf(at).slice(0, 10)}${elements}`;
  return buildUplink(party, { afn: afn.timed, end: symbol.ETX, body: hexBytes(hex) });
};
const part = (total: number, number: number, hex: string): Uint8Array =>
  buildUplink(party, { afn: afn.picture, end: number === total ? symbol.ETX : symbol.ETB, part: { total, number }, body: hexBytes(hex) });
const first = `0001${stampOf(now)}F1F1001234567850F0F0${stampOf(now).slice(0, 10)}F3F3FFD8`;

const answers = (steps: readonly LinkStep[], at = now) => steps.flatMap((step) => (step.do === 'take' ? step.answer(at) : [])).map(frameOf);
const said = (steps: readonly LinkStep[]) => steps.flatMap((step) => (step.do === 'say' ? [frameOf(step.bytes)] : []));
const notices = (steps: readonly LinkStep[]) => steps.flatMap((step) => (step.do === 'note' || step.do === 'end' ? [step.notice] : []));
function frameOf(bytes: Uint8Array) {
  const parsed = parseFrame(bytes);
  if (typeof parsed === 'string') throw new Error(`no frame: ${parsed}`);
  expect(parsed.size).toBe(bytes.length);
  return parsed.frame;
}

describe('a connection of SL 651', () => {
  it('takes a frame that comes byte by byte, and answers with its serial number; the station may sleep then', () => {
    const session = sl651Dialect().open(tools);
    const steps = [...report(7)].flatMap((byte) => session.feed(Uint8Array.of(byte), now));
    expect(steps).toMatchObject([{ do: 'take', deviceId: '12345678' }]);
    const [answer] = answers(steps);
    expect(answer).toMatchObject({ up: false, afn: afn.timed, end: symbol.EOT, station: '0012345678', centre: 1, password: '1234' });
    expect([...(answer?.body ?? [])].slice(0, 2)).toEqual([0, 7]);
  });

  it('hands nothing on that has the password in it, of whole messages and of parts, and they can be read all the same', () => {
    const whole = sl651Dialect().open(tools).feed(report(7), now);
    const parts = sl651Dialect()
      .open(tools)
      .feed(Uint8Array.from([...part(2, 1, first), ...part(2, 2, 'FFD9')]), now);
    for (const steps of [whole, parts]) {
      const payload = steps.flatMap((step) => (step.do === 'take' ? [step.payload] : []))[0] ?? new Uint8Array();
      const frames = framesOf(payload) ?? [];
      expect(frames.length).toBeGreaterThan(0);
      expect(frames.map(({ password, station }) => [password, station])).toEqual(frames.map(() => ['0000', '0012345678']));
    }
  });

  it('ends with a wrong password or an unknown station, and says nothing to it', () => {
    for (const who of [
      { ...party, password: '9999' },
      { ...party, station: '0000000001' },
    ]) {
      const steps = sl651Dialect()
        .open(tools)
        .feed(buildUplink(who, { afn: afn.timed, end: symbol.ETX, body: new Uint8Array(8) }), now);
      expect(steps).toMatchObject([{ do: 'end', notice: 'refused' }]);
    }
  });

  it('keeps a station that sends heartbeats on the line, and does not answer them', () => {
    const session = sl651Dialect().open(tools);
    const beat = buildUplink(party, { afn: afn.heartbeat, end: symbol.ETX, body: hexBytes(`0001${stampOf(now)}`) });
    const steps = session.feed(Uint8Array.from([...beat, ...report(2)]), now);
    expect(notices(steps)).toEqual(['heartbeat']);
    expect(answers(steps)).toMatchObject([{ end: symbol.ESC }]);
  });

  it('survives noise before and between frames, and ends when nothing but noise comes', () => {
    const session = sl651Dialect().open(tools);
    const broken = report(1).slice(0, -1);
    const steps = session.feed(Uint8Array.from([1, 2, 0x7e, 3, ...broken, ...report(2), 0x7e, ...report(3)]), now);
    expect(steps.filter((step) => step.do === 'take')).toHaveLength(2);
    expect(notices(session.feed(new Uint8Array(9000), now))).toEqual(['unreadable']);
  });

  it('gathers parts, asks for the missing one, and acknowledges when all are there', () => {
    const session = sl651Dialect().open(tools);
    expect(notices(session.feed(part(3, 1, first), now))).toEqual(['part']);
    const asked = session.feed(part(3, 3, '0304'), now);
    expect(said(asked)).toMatchObject([{ end: symbol.NAK, part: { total: 3, number: 2 } }]);
    expect(notices(asked)).toEqual(['part', 'parts-missing']);
    const complete = session.feed(part(3, 2, '0102'), now);
    expect(complete).toMatchObject([{ do: 'take' }]);
    // Once for all parts, with the number of the last (table 23).
    expect(answers(complete)).toMatchObject([{ end: symbol.EOT, part: { total: 3, number: 3 } }]);
  });

  it('answers a message that goes on with ACK, so that the station stays for the rest', () => {
    const going = buildUplink(party, { afn: afn.timed, end: symbol.ETB, body: hexBytes(`0001${stampOf(now)}F1F10012345678502619000123`) });
    expect(answers(sl651Dialect().open(tools).feed(going, now))).toMatchObject([{ end: symbol.ACK }]);
  });

  it('asks for a part that does not come, three times, then puts aside what came without acknowledging it', () => {
    const session = sl651Dialect().open(tools);
    session.feed(part(2, 1, first), now);
    expect(session.wake(now + 9_000)).toEqual([]);
    for (const round of [1, 2, 3]) expect(said(session.wake(now + round * 10_000))).toMatchObject([{ end: symbol.NAK }]);
    const given = session.wake(now + 50_000);
    expect(given).toMatchObject([{ do: 'note', notice: 'parts-missing' }, { do: 'take' }]);
    expect(answers(given)).toEqual([]);
  });

  it('notices lost messages by their serial numbers and asks for their time again, also over two connections', () => {
    const dialect = sl651Dialect();
    dialect.open(tools).feed(report(10, now - 3_600_000), now - 3_600_000);
    const steps = dialect.open(tools).feed(report(13), now);
    expect(notices(steps)).toEqual(['serial-gap']);
    const [acknowledged, query, more] = answers(steps);
    expect(acknowledged?.end).toBe(symbol.ESC);
    expect(query).toMatchObject({ afn: afn.history, end: symbol.ENQ });
    // Hours 05 to 06 of 26-03-14 in steps of five minutes, element 26.
    expect(Buffer.from(query?.body.subarray(8) ?? []).toString('hex')).toBe('260314052603140604180000052619');
    expect(more).toBeUndefined();
  });

  it('asks for what ingest misses: in the answer to the next message, at once where the line is kept, and not twice', () => {
    const dialect = sl651Dialect();
    const hour = 3_600_000;
    expect(dialect.rerequest?.('12345678', now - 3 * hour, now)).toBe(false);
    dialect.open(tools).feed(report(1, now - hour), now - hour);
    expect(dialect.rerequest?.('12345678', now - 3 * hour, now - hour + 60_000)).toBe(true);
    const session = dialect.open(tools);
    const [acknowledged, query] = answers(session.feed(report(2), now));
    expect([acknowledged?.end, query?.afn, query?.end]).toEqual([symbol.ESC, afn.history, symbol.ENQ]);
    expect(Buffer.from(query?.body.subarray(8, 16) ?? []).toString('hex')).toBe('2603140326031406');
    // Its answer ends the exchange; what was asked for is not asked for again.
    const history = `0003${stampOf(now)}F1F1001234567850F0F0260314030004180000052619000100000101`;
    const reply = buildUplink(party, { afn: afn.history, end: symbol.ETX, body: hexBytes(history) });
    dialect.rerequest?.('12345678', now - 2 * hour, now - hour);
    expect(answers(session.feed(reply, now))).toMatchObject([{ afn: afn.history, end: symbol.EOT }]);
    const beat = buildUplink(party, { afn: afn.heartbeat, end: symbol.ETX, body: hexBytes(`0003${stampOf(now)}`) });
    session.feed(beat, now);
    expect(session.wake(now)).toEqual([]);
    dialect.rerequest?.('12345678', now - 20 * hour, now - 19 * hour);
    expect(said(session.wake(now))).toMatchObject([{ afn: afn.history, end: symbol.ENQ }]);
    expect(session.wake(now + 1000)).toEqual([]);
  });

  it('is not blind for a lost message because a heartbeat repeats its number', () => {
    const dialect = sl651Dialect();
    const session = dialect.open(tools);
    session.feed(report(1, now - 3_600_000), now - 3_600_000);
    session.feed(buildUplink(party, { afn: afn.heartbeat, end: symbol.ETX, body: hexBytes(`0002${stampOf(now)}`) }), now);
    expect(notices(session.feed(report(3), now))).toEqual(['serial-gap']);
  });

  it('takes no resend, no wrap and no restart of the count for a loss', () => {
    const dialect = sl651Dialect();
    const seen = (serial: number, at: number) => notices(dialect.open(tools).feed(report(serial, at), at));
    expect([65_534, 65_535, 1, 65_535, 1, 2, 40_000, 40_001].map((serial, at) => seen(serial, now + at * 60_000))).toEqual([
      [],
      [],
      [],
      [],
      [],
      [],
      [],
      [],
    ]);
  });

  it('sets a clock that is off, once a connection', () => {
    const session = sl651Dialect().open(tools);
    const steps = session.feed(report(1, now - 400_000), now);
    expect(notices(steps)).toEqual(['clock-off']);
    expect(answers(steps)).toMatchObject([{ end: symbol.ESC }, { afn: afn.clock, end: symbol.ENQ }]);
    expect(notices(session.feed(report(2, now - 400_000), now))).toEqual([]);
  });

  it('builds commands as the standard lays them out', () => {
    expect(Buffer.from(setClock(party, now).subarray(0, 22)).toString('hex')).toBe('7e7e00123456780112344a8008020000260314060005');
    const query = frameOf(
      queryHistory(party, { from: now - 86_400_000, to: now, stepMinutes: 60, element: { id: 0x39, descriptor: 0x23 } }, now),
    );
    // Up to 06:00:05 is up to the whole hour after it.
    expect(Buffer.from(query.body.subarray(8)).toString('hex')).toBe('260313062603140704180001003923');
  });

  it('never throws and never keeps more than a frame, however the bytes are cut', () => {
    const frames = [report(1), part(2, 1, first), part(2, 2, '00'), report(9)];
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.constantFrom(...frames), fc.constant(Uint8Array.of(0x7e, 0x7e))), {
          maxLength: 12,
        }),
        (chunks) => {
          const session = sl651Dialect().open(tools);
          for (const chunk of chunks) for (const step of session.feed(chunk, now)) if (step.do === 'take') step.answer(now);
          session.wake(now + 20_000);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
