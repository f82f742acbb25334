import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GatewayMessage } from '#libs/contracts';
import { MessageLog } from './frame/message-log.js';
import { startGatewaySimulator, type GatewaySimulator } from './server.js';

let dataDir: string;
let simulator: GatewaySimulator;
const at = (path: string) => `http://127.0.0.1:${simulator.port}${path}`;
const post = (path: string, body: unknown) => fetch(at(path), { method: 'POST', body: JSON.stringify(body) });

const message = {
  id: 'm1',
  to: '+8613800001234',
  sign: '望山县自然资源局',
  templateCode: 'SMS_900001',
  text: '【望山县自然资源局】<b>演练</b>',
  parts: 1,
  outId: 'd1',
  bizId: 'b1',
  provider: 'alicloud',
  channel: 'sms',
  at: 1_760_000_000_000,
  receipt: 'DELIVERED',
  receiptAt: 1_760_000_001_500,
};

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'wangshan-gateway-'));
  const log = await MessageLog.open(dataDir);
  await log.add({ message });
  await log.close();
  // What a kill in the middle of a write leaves.
  await appendFile(join(dataDir, 'accepted.jsonl'), '{"message":{"id":"half');
  simulator = await startGatewaySimulator({ port: 0, dataDir });
});
afterAll(async () => {
  await simulator.close();
  await rm(dataDir, { recursive: true });
});

describe('gateway simulator', () => {
  it('has what it accepted before, and finds it by any form of the number', async () => {
    for (const to of ['13800001234', '%2B8613800001234', '008613800001234']) {
      const answer = (await (await fetch(at(`/__outbox?to=${to}`))).json()) as unknown[];
      expect(answer.map((one) => GatewayMessage.parse(one).id)).toEqual(['m1']);
    }
    expect(await (await fetch(at('/__outbox?to=13800009999'))).json()).toEqual([]);
  });

  it('refuses what is not signed, in the vendor’s words', async () => {
    const answer = await fetch(at('/?PhoneNumbers=13800001234'), { method: 'POST', headers: { 'x-acs-action': 'SendSms' } });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ Code: 'IncompleteSignature' });
  });

  it('keeps replies and counts', async () => {
    expect((await post('/__reply', { from: '13800001234', text: '1' })).status).toBe(200);
    expect(await (await fetch(at('/__stats'))).json()).toMatchObject({ accepted: 1, unique: 1, duplicated: 0, replies: 1 });
  });

  it('says what is wrong with an order', async () => {
    const answer = await post('/__faults', { kind: 'explode' });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(await answer.json())).toContain('accept-then-drop');
  });

  it('shows each phone to a browser, with nothing of a message taken for HTML', async () => {
    const page = await (await fetch(at('/'), { headers: { accept: 'text/html' } })).text();
    expect(page).toContain('138 0000 1234');
    expect(page).toContain('&lt;b&gt;演练&lt;/b&gt;');
    expect(page).not.toContain('<b>演练');
    expect(page).not.toMatch(/https?:\/\//);
    expect(page.match(/<script[^>]*>/g)).toEqual(['<script src="/__page.js" defer>']);
  });

  it('tells the page what happens, as it happens', async () => {
    const answer = await fetch(at('/__live'));
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = (await reader.read()).value ?? '';
    await post('/__reply', { from: '13800001234', text: '在路上' });
    while (!text.includes('event: phone')) text += (await reader.read()).value ?? '';
    expect(text).toContain('在路上');
    expect(text).toContain('+8613800001234');
    await reader.cancel();
  });

  it('says when no call rings', async () => {
    expect((await post('/__call', { to: '13800001234', key: '1' })).status).toBe(409);
  });
});
