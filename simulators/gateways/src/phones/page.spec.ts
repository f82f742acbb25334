import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MessageLog, type AcceptedMessage } from '../frame/message-log.js';
import { phonePage, phonesOf } from './page.js';
import { bubblesOf, levelOf } from './view.js';

let directory: string;
let log: MessageLog;
let count = 0;
const message = (to: string, over: Partial<AcceptedMessage> = {}): AcceptedMessage => ({
  id: `m${(count += 1)}`,
  to,
  sign: '望山县自然资源局',
  templateCode: 'SMS_900001',
  text: '【望山县自然资源局】地灾红色预警：石碑村',
  parts: 1,
  outId: 'd1',
  bizId: 'b1',
  provider: 'alicloud',
  channel: 'sms',
  at: 1_760_000_000_000 + count,
  receipt: 'DELIVERED',
  receiptAt: 1,
  ...over,
});
const call = (to: string, over: Partial<AcceptedMessage['call'] & object>, receipt: string | null = 'DELIVERED') =>
  message(to, {
    channel: 'voice',
    text: '地灾红色预警',
    receipt,
    call: { state: 'ended', menu: { '1': '已确认', '2': '求助' }, plays: 2, seconds: 20, ...over },
  });
const shown = (number: string) =>
  bubblesOf(log, number)
    .map(({ html }) => html)
    .join('');

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wangshan-phones-'));
  log = await MessageLog.open(directory);
});
afterAll(async () => {
  await log.close();
  await rm(directory, { recursive: true });
});

describe('what a phone shows', () => {
  it('messages and replies in their order, with sign, parts, provider and receipt, nothing taken for HTML', async () => {
    await log.add({ message: message('+8613800000001', { text: '【甲】<i>演练</i>', parts: 2 }) });
    await log.add({ reply: { id: 'r1', from: '13800000001', text: '<b>1', at: 1_760_000_100_000, provider: 'alicloud' } });
    await log.add({ message: message('+8613800000001', { receipt: 'UNDELIV', at: 1_760_000_200_000 }) });
    const html = shown('13800000001');
    expect(html).toContain('【甲】');
    expect(html).toContain('&lt;i&gt;演练');
    expect(html).not.toMatch(/<i>|<b>1/);
    expect(html).toContain('2 条');
    expect(html).toMatch(/已送达[\s\S]*&lt;b&gt;1[\s\S]*未送达 UNDELIV/);
  });

  it('a call that rings has its keys, one that ended says how', async () => {
    const ringing = call('+8613800000002', { state: 'ringing' });
    await log.add({ message: ringing });
    expect(shown('13800000002')).toContain(`data-call="${ringing.id}" data-key="1"`);
    expect(shown('13800000002')).toMatch(/按 1[\s\S]*按 2[\s\S]*挂断/);
    for (const [number, over, receipt, says] of [
      ['13800000003', { dtmf: '2', seconds: 4 }, 'DELIVERED', '按了 2（4 秒）'],
      ['13800000004', {}, 'DELIVERED', '已接听 20 秒，未按键'],
      ['13800000005', { seconds: 3 }, 'HUNG-UP', '3 秒后挂断'],
      ['13800000006', { seconds: 0 }, 'UNDELIV', '未接听'],
    ] as const) {
      await log.add({ message: call(`+86${number}`, over, receipt) });
      expect(shown(number)).toContain(says);
      expect(shown(number)).not.toContain('data-key');
    }
  });

  it.each([
    ['地灾红色预警：石碑村', 'red'],
    ['演练：地灾橙色预警', 'orange'],
    ['地灾预警解除：石碑村的红色预警于18:00解除', 'over'],
    ['地灾预警调整为蓝色', 'blue'],
    ['已收到您的回复', undefined],
  ] as const)('marks "%s" as %s', (text, level) => expect(levelOf(text)).toBe(level));

  it('a robot, a mail, a loudspeaker and a web hook are shown by name, and nobody writes back there', async () => {
    for (const to of ['robot:duty', 'leader@county.example', 'area:513221', '/hook/a'])
      await log.add({ message: message(to, { channel: to.startsWith('robot') ? 'robot' : 'email', text: 'x', at: 1 }) });
    const page = phonePage(log, 'robot:DUTY');
    expect(page).toContain('群机器人 · Robot duty');
    expect(page).not.toContain('class="reply"');
    expect(page).toContain('<b>4</b> 条其他消息');
    expect(phonesOf(log, 'county').numbers).toEqual(['leader@county.example']);
    expect([...log.messages].filter(({ channel }) => channel !== 'sms' && channel !== 'voice')).toHaveLength(4);
  });

  it('draws the phones something happened on last, and finds any by its digits', async () => {
    for (let i = 0; i < 70; i += 1) await log.add({ message: message(`+86139000${String(10_000 + i)}`) });
    const { numbers, hidden } = phonesOf(log, '');
    expect(numbers).toHaveLength(60);
    expect(hidden).toBe(20);
    expect(numbers[0]).toBe('+8613800000001');
    expect(numbers[1]).toBe('+8613900010069');
    expect(phonesOf(log, '138 0000').numbers).toHaveLength(6);
    expect(phonePage(log, '')).toContain('还有 20 部手机未显示');
    expect(phonePage(log, '"><script>')).not.toContain('<script>');
  });
});
