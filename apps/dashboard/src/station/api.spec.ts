import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, call, newKey, whenSignedOut } from './api.js';

function answering(status: number, body: unknown): ReturnType<typeof vi.fn<() => Promise<Response>>> {
  const fake = vi.fn<() => Promise<Response>>(() =>
    Promise.resolve(
      new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } }),
    ),
  );
  vi.stubGlobal('fetch', fake);
  return fake;
}
const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

describe('api client', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    whenSignedOut(() => undefined);
  });

  it('fills path and query from the operation table and sends the key that makes a double click act once', async () => {
    const fetch = answering(200, {});
    await failure(call('actOnWarning', { params: { id: 'a/b', action: 'close' }, body: { disposal: 3 }, key: 'k1' }));
    const [url, init] = fetch.mock.calls[0] as unknown as [string, { method: string; headers: Record<string, string>; body: string }];
    expect(url).toBe('/api/v1/warnings/a%2Fb/close');
    expect([init.method, init.headers['idempotency-key'], init.body]).toEqual(['POST', 'k1', '{"disposal":3}']);
  });

  it('refuses an answer that is not the contract’s, naming the place', async () => {
    answering(200, { deviceId: 'd1' });
    const error = await failure(call('createDevice', { body: { deviceId: 'd1', profile: 'gnss', hazardPoint: 'P00001' } }));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: 'unexpected-answer', detail: expect.stringContaining('POST /api/v1/devices: secret') as string });
  });

  it('passes on the station’s problem, and tells of a session that has ended', async () => {
    const ended = vi.fn<() => void>();
    whenSignedOut(ended);
    answering(409, { code: 'illegal-transition', detail: 'legal now: close' });
    expect(await failure(call('getSettings'))).toMatchObject({ status: 409, code: 'illegal-transition', detail: 'legal now: close' });
    expect(ended).not.toHaveBeenCalled();
    answering(401, { code: 'unauthenticated', detail: '' });
    await failure(call('getSettings'));
    expect(ended).toHaveBeenCalledOnce();
    await failure(call('createSession', { body: { username: 'a', password: 'b' } }));
    expect(ended).toHaveBeenCalledOnce();
  });

  it('tells a proxy’s page from the station’s words, and no answer from a bad one', async () => {
    answering(502, '<html>Bad Gateway</html>');
    expect(await failure(call('getSettings'))).toMatchObject({ status: 502, code: 'unexpected-answer' });
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')));
    expect(await failure(call('getSettings'))).toMatchObject({ status: 0, code: 'unreachable' });
  });

  it('makes keys without crypto.randomUUID, which plain HTTP does not have', () => {
    const keys = new Set(Array.from({ length: 50 }, newKey));
    expect(keys.size).toBe(50);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/);
  });
});
