import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type dysmsSdk from '@alicloud/dysmsapi20170525';
import type coreSdk from '@alicloud/openapi-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GatewayMessage, simulatorAccount } from '#libs/contracts';
import { startGatewaySimulator, type GatewaySimulator } from '../server.js';

const require = createRequire(import.meta.url);
const dysms = require('@alicloud/dysmsapi20170525') as typeof dysmsSdk;
const core = require('@alicloud/openapi-core') as typeof coreSdk;

const sign = '望山县自然资源局';
/** What signatures stumble over. */
const nasty = "石碑村*3组 (a+b)'!~&=%/😀";

let dataDir: string;
let simulator: GatewaySimulator;
let station: Server;
let busy = false;
const pushed: Record<string, unknown>[][] = [];
let heard: () => void = () => undefined;

const post = (path: string, body: unknown) =>
  fetch(`http://127.0.0.1:${simulator.port}${path}`, { method: 'POST', body: JSON.stringify(body) }).then((answer) => answer.json());
const client = (over: Record<string, unknown> = {}) =>
  new dysms.default(
    new core.$OpenApiUtil.Config({ endpoint: `127.0.0.1:${simulator.port}`, protocol: 'HTTP', ...simulatorAccount, ...over }),
  );
const sms = (phoneNumbers: string, outId: string, param: Record<string, unknown> = { where: nasty }) =>
  new dysms.SendSmsRequest({ phoneNumbers, signName: sign, templateCode: 'SMS_100001', templateParam: JSON.stringify(param), outId });
const taken = async (outId: string) =>
  ((await (await fetch(`http://127.0.0.1:${simulator.port}/__outbox`)).json()) as unknown[])
    .map((one) => GatewayMessage.parse(one))
    .filter((one) => one.outId === outId);
async function until<T>(what: () => T | undefined): Promise<T> {
  for (;;) {
    const found = what();
    if (found !== undefined) return found;
    await new Promise<void>((resolve) => (heard = resolve));
  }
}
const told = (field: string, value: string) => pushed.flat().filter((entry) => entry[field] === value);

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'wangshan-gateway-alicloud-'));
  simulator = await startGatewaySimulator({ port: 0, dataDir, receiptDelayMs: 30, minuteMs: 20, qps: 60 });
  station = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (!busy) pushed.push(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>[]);
      response.writeHead(busy ? 503 : 200).end('{"code":0,"msg":"接收成功"}');
      heard();
    });
  });
  await new Promise<void>((resolve) => station.listen(0, '127.0.0.1', resolve));
  await post('/__hooks', { alicloud: `http://127.0.0.1:${(station.address() as AddressInfo).port}/report` });
  await post('/__templates', { signs: [sign], templates: [{ code: 'SMS_100001', text: '地灾核查：${where}，请回报' }] });
});
afterAll(async () => {
  await simulator.close();
  station.closeAllConnections();
  station.close();
  await rm(dataDir, { recursive: true });
});

describe('simulated Alibaba Cloud SMS, with the vendor’s SDK', () => {
  it.each([
    ['V3', {}],
    ['V1', { signatureAlgorithm: 'v2' }],
  ])('takes both of its signatures: %s', async (name, over) => {
    const { body } = await client(over).sendSms(sms('13900000001', `sig-${name}`));
    expect(body).toMatchObject({ code: 'OK' });
    expect((await taken(`sig-${name}`))[0]?.text).toBe(`【${sign}】地灾核查：${nasty}，请回报`);
    await expect(client({ ...over, accessKeySecret: 'wrong' }).sendSms(sms('13900000001', 'x'))).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
    });
  });

  it('takes a batch with signs and parameters of each, at most 100', async () => {
    const batch = (numbers: readonly string[]) =>
      new dysms.SendBatchSmsRequest({
        phoneNumberJson: JSON.stringify(numbers),
        signNameJson: JSON.stringify(numbers.map(() => sign)),
        templateCode: 'SMS_100001',
        templateParamJson: JSON.stringify(numbers.map((_, index) => ({ where: `${index}组` }))),
        outId: 'batch',
      });
    expect((await client().sendBatchSms(batch(['13900000002', '13900000003']))).body).toMatchObject({ code: 'OK' });
    expect((await taken('batch')).map(({ to, text }) => [to, text])).toEqual([
      ['+8613900000002', `【${sign}】地灾核查：0组，请回报`],
      ['+8613900000003', `【${sign}】地灾核查：1组，请回报`],
    ]);
    const many = Array.from({ length: 101 }, (_, index) => String(13_900_010_000 + index));
    expect((await client().sendBatchSms(batch(many))).body).toMatchObject({ code: 'isv.MOBILE_COUNT_OVER_LIMIT' });
  });

  it('takes 1,000 numbers in one request, and not one more', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => String(13_700_000_000 + index)).join(',');
    expect((await client().sendSms(sms(many(1000), 'thousand'))).body).toMatchObject({ code: 'OK' });
    expect(await taken('thousand')).toHaveLength(1000);
    expect((await client().sendSms(sms(many(1001), 'more'))).body).toMatchObject({ code: 'isv.MOBILE_COUNT_OVER_LIMIT' });
  });

  it.each([
    ['a number as value', { where: 3 }, 'isv.INVALID_JSON_PARAM'],
    ['a missing value', {}, 'isv.TEMPLATE_MISSING_PARAMETERS'],
    ['a value too long', { where: '村'.repeat(36) }, 'isv.PARAM_LENGTH_LIMIT'],
    ['an address', { where: 'http://x.cn' }, 'isv.PARAM_NOT_SUPPORT_URL'],
    ['a telephone number', { where: '08381234567' }, 'isv.TEMPLATE_PARAMS_ILLEGAL'],
  ] as const)('refuses %s', async (_, param, code) => {
    expect((await client().sendSms(sms('13900000004', 'param', param))).body).toMatchObject({ code });
  });

  it('pushes a receipt for each number, and a reply with the phone alone', async () => {
    await client().sendSms(sms('13900000005', 'receipt'));
    await until(() => told('out_id', 'receipt')[0]);
    expect(told('out_id', 'receipt')[0]).toMatchObject({
      phone_number: '13900000005',
      success: true,
      err_code: 'DELIVERED',
      sms_size: '1',
    });
    await post('/__reply', { from: '13900000005', text: '收到' });
    expect(await until(() => told('content', '收到')[0])).toMatchObject({
      phone_number: '13900000005',
      dest_code: expect.any(String) as string,
    });
  });

  it('…9008 is told before the answer, and once more', async () => {
    let before = -1;
    await client()
      .sendSms(sms('13900009008', 'hasty'))
      .then(() => (before = told('out_id', 'hasty').length));
    expect(before).toBeGreaterThan(0);
    await until(() => (told('out_id', 'hasty').length === 2 ? true : undefined));
  });

  it('pushes again while the station is busy', async () => {
    busy = true;
    await client().sendSms(sms('13900000006', 'busy'));
    await new Promise<void>((resolve) => (heard = resolve));
    busy = false;
    await until(() => told('out_id', 'busy')[0]);
    expect(await (await fetch(`http://127.0.0.1:${simulator.port}/__stats?outIds=all`)).json()).toMatchObject({
      pushes: { again: expect.any(Number) as number, dropped: 0 },
      perOutId: { busy: 1, thousand: 1000 },
    });
  });

  it('an account runs empty', async () => {
    await post('/__account', { balance: 1 });
    expect((await client().sendSms(sms('13900000007', 'last'))).body).toMatchObject({ code: 'OK' });
    expect((await client().sendSms(sms('13900000007', 'none'))).body).toMatchObject({ code: 'isv.AMOUNT_NOT_ENOUGH' });
    await post('/__account', { balance: null });
  });

  it('throttles an account that asks too often', async () => {
    const one = client();
    const codes = await Promise.all(
      Array.from({ length: 130 }, (_, index) =>
        one.sendSms(sms(`1350000${String(index).padStart(4, '0')}`, `rate-${index}`)).then(
          ({ body }) => body?.code,
          (error: { code?: string }) => error.code,
        ),
      ),
    );
    expect(new Set(codes)).toEqual(new Set(['OK', 'Throttling.User']));
  });
});
