import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { isPublicAddress } from './addresses.js';
import { post, type PostRequest } from './post.js';
import { classifyStatus, withoutAnswer } from './status.js';

let server: Server | undefined;
const never = new AbortController().signal;

async function listening(answer: RequestListener | Server): Promise<string> {
  server = typeof answer === 'function' ? createServer(answer) : answer;
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}
const send = (url: string, over: Partial<PostRequest> = {}) =>
  post({ url, headers: {}, body: '{}', signal: never, timeoutMs: 30_000, ...over });

afterEach(() => {
  server?.close();
  server = undefined;
});

describe('one POST', () => {
  it('brings the answer, whatever its status, and follows no redirect', async () => {
    let asked = 0;
    const url = await listening((_, response) => {
      asked += 1;
      response.writeHead(302, { location: '/elsewhere', 'retry-after': '7' }).end('moved');
    });
    expect(await send(url)).toMatchObject({ status: 302, body: 'moved' });
    expect(asked).toBe(1);
  });

  it('knows that nothing left when nobody listens', async () => {
    expect(await send('http://127.0.0.1:1/hook')).toEqual({ failed: 'not-sent', code: 'ECONNREFUSED' });
    expect(await send('http://name.invalid/hook')).toMatchObject({ failed: 'not-sent' });
  });

  it('does not know what became of it when the line breaks or stays silent', async () => {
    const broken = await listening((request) => request.socket.destroy());
    expect(await send(broken)).toMatchObject({ failed: 'unknown' });
    server?.close();
    const half = await listening((_, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"ok"');
      setImmediate(() => response.destroy());
    });
    expect(await send(half)).toMatchObject({ failed: 'unknown' });
    server?.close();
    const silent = await listening(createTcpServer(() => undefined));
    expect(await send(silent, { timeoutMs: 60 })).toEqual({ failed: 'unknown', code: 'no-answer' });
  });

  it('connects to the public internet only, when told so, by number and by name', async () => {
    const url = await listening((_, response) => response.end());
    const port = new URL(url).port;
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '169.254.169.254'])
      expect(await send(`http://${host}:${port}/`, { publicOnly: true })).toEqual({ failed: 'not-sent', code: 'private-address' });
  });
});

it.each([
  ['8.8.8.8', true],
  ['10.1.2.3', false],
  ['172.31.0.1', false],
  ['172.32.0.1', true],
  ['100.64.0.1', false],
  ['fd00::1', false],
  ['fe80::1', false],
  ['2400:3200::1', true],
  ['::ffff:192.168.1.1', false],
  ['not an address', false],
])('%s is public: %s', (address, expected) => expect(isPublicAddress(address)).toBe(expected));

it.each([
  [408, 'UNKNOWN'],
  [502, 'UNKNOWN'],
  [503, 'TRANSIENT'],
  [429, 'TRANSIENT'],
  [413, 'CONTENT'],
  [301, 'ACCOUNT'],
  [404, 'ACCOUNT'],
] as const)('HTTP %i is %s', (status, cls) => expect(classifyStatus(status)).toBe(cls));

it('keeps how long to wait when the other side says so', () => {
  expect(withoutAnswer('x', { status: 429, headers: { 'retry-after': '7' }, body: '' })).toMatchObject({
    cls: 'TRANSIENT',
    retryAfterMs: 7_000,
  });
  expect(withoutAnswer('x', { status: 204, headers: {}, body: '' })).toBeUndefined();
});
