import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeviceOrder, topics, type CommandWriting } from '#libs/contracts';
import { contextOf } from '../fakes/shipped.js';
import { commandCodec, replyCodecOf } from './command.js';

/** A GB 2312 of four characters is enough to see that bytes are placed and counted. */
const table: Record<string, number[]> = { 红: [0xba, 0xec], 色: [0xc9, 0xab], '＆': [0xa3, 0xa6], '＝': [0xa3, 0xbd] };
const writing: CommandWriting = {
  intervalUnit: 'minute',
  civilTime: '2026-11-21 12:00:00',
  gb2312: (text) => {
    const bytes = Array.from(text).map((each) => table[each] ?? (each < '\u0080' ? [each.charCodeAt(0)] : undefined));
    return bytes.every((each) => each !== undefined) ? Uint8Array.from(bytes.flat()) : undefined;
  },
};
const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const write = (order: unknown, more: Partial<CommandWriting> = {}): string => {
  const parsed = DeviceOrder.parse(order);
  const said = commandCodec.parameters(parsed, { ...writing, ...more });
  return 'fault' in said ? said.fault : latin(commandCodec.national(parsed.command, said.parameters, '7'));
};

describe('a command in the national form', () => {
  it.each([
    [{ command: 'settime' }, '$cmd=settime&time=2026-11-21 12:00:00&msgid=7'],
    [
      { command: 'settime', parameters: { server: 'ntp.ntsc.ac.cn' } },
      '$cmd=settime&time=2026-11-21 12:00:00&server=ntp.ntsc.ac.cn&msgid=7',
    ],
    [
      { command: 'setsensortime', parameters: { sampleInterval: 60, uploadInterval: 3600, plusInterval: 60 } },
      '$cmd=setsensortime&sample_intv=1&upload_intv=60&plus_intv=1&msgid=7',
    ],
    [{ command: 'reqsensortime', parameters: { sensor: 'L1_LF_1' } }, '$cmd=reqsensortime&sensor_id=L1_LF_1&msgid=7'],
    [
      { command: 'setsensorattr', parameters: { sensor: 'L1_GP_1', threshold: [1, 2, 3], lowerLimit: -9 } },
      '$cmd=setsensorattr&sensor_id=L1_GP_1&threshold=1,2,3&lower_limit=-9&msgid=7',
    ],
    [{ command: 'getsensorattr', parameters: { sensor: 'L1_LF_1' } }, '$cmd=getsensorattr&sensor_id=L1_LF_1&msgid=7'],
    [{ command: 'setworkmode', parameters: { mode: 'emergency' } }, '$cmd=setworkmode&mode=2&msgid=7'],
    [{ command: 'reboot' }, '$cmd=reboot&msgid=7'],
    [
      { command: 'meteorologicalearlywarning', parameters: { level: 'red', longitudes: [103, 104] } },
      '$cmd=meteorologicalearlywarning&level=0&effective_time=24&lon_range=103,104&msgid=7',
    ],
    [{ command: 'setInitial', parameters: { sensor: 'L1_LF_1', value: [0] } }, '$cmd=setInitial&monitor=L1_LF_1&value=0&msgid=7'],
    [
      { command: 'broadcast', parameters: { text: '红色 & 1=1', times: 2 } },
      '$cmd=broadcast&b_num=2&b_size=12&b_content=\u00ba\u00ec\u00c9\u00ab \u00a3\u00a6 1\u00a3\u00bd1&msgid=7',
    ],
  ])('writes %j', (order, text) => expect(write(order)).toBe(text));

  it('says what the wire can not', () => {
    const minuteAndAHalf = { command: 'setsensortime', parameters: { uploadInterval: 90 } };
    expect(write(minuteAndAHalf)).toContain('uploadInterval: 90 s');
    expect(write(minuteAndAHalf, { intervalUnit: 'second' })).toContain('upload_intv=90');
    expect(write({ command: 'broadcast', parameters: { text: '红𠮷色' } })).toContain('𠮷 is not in GB 2312');
    expect(write({ command: 'broadcast', parameters: { text: '红'.repeat(121) } })).toContain('242 bytes');
  });

  it.each([
    [{ command: 'format-disk' }],
    [{ command: 'setsensortime', parameters: {} }],
    [{ command: 'setsensortime', parameters: { sampleInterval: 600, uploadInterval: 60 } }],
    [{ command: 'settime', parameters: { server: 'x&cmd=reboot' } }],
    [{ command: 'setworkmode', parameters: { mode: 2 } }],
    [{ command: 'meteorologicalearlywarning', parameters: { level: 'blue' } }],
    [{ command: 'setsensorattr', parameters: { sensor: 'L1_LF_1', upperLimit: 1, lowerLimit: 2 } }],
  ])('is refused before it is written: %j', (order) => expect(DeviceOrder.safeParse(order).success).toBe(false));

  it('is said to a ThingsBoard client as a method with parameters', () => {
    const said = commandCodec.parameters(DeviceOrder.parse({ command: 'setworkmode', parameters: { mode: 'saving' } }), writing);
    expect('fault' in said ? said : JSON.parse(latin(commandCodec.rpc('setworkmode', said.parameters)))).toEqual({
      method: 'setworkmode',
      params: { mode: '1' },
    });
  });

  it('answers a question for the time with the number it came with', () =>
    expect(latin(commandCodec.time('2026-11-21 12:00:00', '3'))).toBe('$cmd=reqtime&result=succ&time=2026-11-21 12:00:00&msgid=3'));
});

const context = contextOf('station');
const read = (topic: string, text: string | Uint8Array) =>
  replyCodecOf(topic)?.(typeof text === 'string' ? new TextEncoder().encode(text) : text, context);
const national = (text: string) => read('$crsp/17165802/cmd', text)?.replies?.[0];

describe('an answer', () => {
  it('is read with its verdict, its number and what else it says', () => {
    expect(national('$cmd=setworkmode&result=succ&msgid=7')).toEqual({
      deviceId: '17165802',
      command: 'setworkmode',
      msgid: '7',
      ok: true,
      values: {},
      form: 'national',
    });
    expect(national('$cmd=reboot&result=fail&msgid=8')).toMatchObject({ ok: false, msgid: '8' });
    expect(national('$cmd=getstatus&state={"a":"1&2","b":[1]}&msgid=9&apikey=secret\0\0')).toMatchObject({
      ok: undefined,
      msgid: '9',
      values: { state: '{"a":"1&2","b":[1]}' },
    });
    expect(national('$cmd=reqtime')).toMatchObject({ command: 'reqtime', msgid: '' });
  });

  it('of a ThingsBoard client has its number in the topic', () => {
    const topic = `${topics.rpcResponse}42`;
    expect(read(topic, '{"result":"succ","x":1}')?.replies?.[0]).toMatchObject({ msgid: '42', ok: true, form: 'rpc', command: undefined });
    expect(read(topic, '{"success":false}')?.replies?.[0]?.ok).toBe(false);
    expect(read(topic, '{"error":"no such method"}')?.replies?.[0]?.ok).toBe(false);
    expect(read(topic, '')?.replies?.[0]?.ok).toBe(true);
    expect(read(topic, '{')?.faults).toHaveLength(1);
  });

  it('that is none goes to quarantine', () => {
    expect(read('$crsp/17165802/cmd', 'hello')?.faults[0]?.reason).toBe('unknown-shape');
    expect(replyCodecOf('$dp')).toBeUndefined();
    expect(replyCodecOf('$crsp/17165802/firmware')).toBeUndefined();
  });

  it('never makes the codec throw, and never lets through what a database refuses', () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.string({ unit: 'binary', maxLength: 200 }).map((text) => new TextEncoder().encode(`$cmd=x&${text}`)),
        ),
        fc.constantFrom('$crsp/17165802/cmd', `${topics.rpcResponse}1`),
        (bytes, topic) => {
          const decoded = read(topic, bytes);
          expect((decoded?.replies?.length ?? 0) + (decoded?.faults.length ?? 0)).toBe(1);
          for (const value of Object.values(decoded?.replies?.[0]?.values ?? {})) {
            expect(value).not.toMatch(/[\ud800-\udfff]/u);
            expect(value).not.toContain('\0');
          }
        },
      ),
      { numRuns: 2000 },
    ));
});
