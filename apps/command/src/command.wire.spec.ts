import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operationUrl } from '#libs/contracts';
import { createLogger, Health, Metrics, readConfig, token } from '#libs/platform';
import { fakeContext, type FakeContext } from '../../../libs/command/src/fakes/fake-context.js';
import { furnish, pointInput } from '../../../libs/command/src/fakes/fake-county.js';
import { CommandModule, CommandService } from './index.js';
import type { TakePush } from './hook-routes.js';

const password = 'Accept-2026-Secret!';
let app: INestApplication;
let service: CommandService;
let context: FakeContext;
let base: string;
let folder: string;
const health = new Health();
const logged: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'wangshan-dashboard-'));
  mkdirSync(path.join(folder, 'assets'));
  writeFileSync(path.join(folder, 'index.html'), `<!doctype html><title>望山</title>${' '.repeat(2000)}`);
  writeFileSync(path.join(folder, 'assets', 'app-123.js'), 'console.log("望山");'.repeat(100));
  context = fakeContext();
  const config = { ...readConfig({}), adminPassword: password };
  const { clock, bus, dataKey, store, registry, catalogue } = context;
  const logger = createLogger('info', { write: (line) => void logged.push(line) });
  const values = { config, logger, metrics: new Metrics(), health, clock, bus, dataKey, store, registry, catalogue };
  const providers = Object.entries(values).map(([name, useValue]) => ({ provide: token[name as keyof typeof token], useValue }));
  class Infrastructure {}
  Module({ providers, exports: providers.map((each) => each.provide) })(Infrastructure);
  class Root {}
  Module({ imports: [{ module: Infrastructure, global: true }, CommandModule] })(Root);
  app = await NestFactory.create(Root, { bodyParser: false, logger: false });
  service = app.get(CommandService);
  service.mount(folder);
  await app.listen(0, '127.0.0.1');
  base = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
});
afterAll(async () => {
  await service.stop();
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

const api = (method: string, pathname: string, body?: unknown, headers: Record<string, string> = {}) =>
  fetch(base + pathname, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
async function login(username = 'admin', secret = password): Promise<{ token: string; cookie: string }> {
  const response = await api('POST', '/api/v1/session', { username, password: secret });
  const { token: bearer } = (await response.json()) as { token: string };
  return { token: bearer, cookie: response.headers.get('set-cookie') ?? '' };
}
const bearer = (value: string) => ({ authorization: `Bearer ${value}` });
async function problem(response: Response): Promise<Record<string, unknown>> {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const body = (await response.json()) as Record<string, unknown>;
  expect(body).toMatchObject({ status: response.status, type: `urn:wangshan:problem:${String(body.code)}` });
  return body;
}

describe('before the start', () => {
  it('is alive, not ready, and says so', async () => {
    expect((await api('GET', '/healthz')).status).toBe(200);
    expect((await api('GET', '/readyz')).status).toBe(503);
    expect(await problem(await api('GET', '/api/v1/session'))).toMatchObject({ code: 'not-ready' });
  });
});

const pushed: Parameters<TakePush>[0][] = [];
const thanks = { status: 200, type: 'application/json; charset=utf-8', body: '{"code":0}' };

describe('the running surface', () => {
  let admin: { token: string; cookie: string };
  beforeAll(async () => {
    service.connect({ ...context, push: async (call) => (pushed.push(call), call.token === 'right' ? thanks : undefined) });
    await service.start();
    expect(await service.bootstrap()).toBeUndefined();
    await furnish(context, '513221');
    await furnish(context, '513222');
    admin = await login();
  });

  it('is ready when every vital stage is, also degraded, and shows how the audit is kept', async () => {
    for (const stage of Health.vital) health.set(stage, 'degraded', 'slow');
    const ready = await api('GET', '/readyz');
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ stages: { command: { status: 'ok' } }, audit: { ok: true, detail: 'insert-only role' } });
    health.set('ingest', 'down');
    expect((await api('GET', '/readyz')).status).toBe(503);
    expect(await (await api('GET', '/metrics')).text()).toContain('wangshan_command_requests_total');
  });

  it('hands a push of a provider on as it came, and shows nothing to whoever does not know the address', async () => {
    const push = (path: string, body: string) =>
      fetch(`${base}${path}`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body });
    const taken = await push('/hooks/alicloud/right/report?x=1', '[{"a":"%中"}]');
    expect([taken.status, taken.headers.get('content-type'), await taken.text()]).toEqual([200, thanks.type, thanks.body]);
    expect(pushed[0]).toMatchObject({
      driver: 'alicloud',
      token: 'right',
      request: { method: 'POST', url: '/hooks/alicloud/right/report?x=1' },
    });
    expect(pushed[0]?.request.body.toString('utf8')).toBe('[{"a":"%中"}]');
    expect(await problem(await push('/hooks/alicloud/wrong', '[]'))).toMatchObject({ code: 'not-found' });
    expect(await problem(await push('/hooks', '[]'))).toMatchObject({ code: 'not-found' });
    expect((await push('/hooks/alicloud/right', 'x'.repeat(1_100_000))).status).toBe(413);
  });

  it('shows the addresses for pushes to administrators only', async () => {
    expect((await api('GET', '/api/v1/system/hooks')).status).toBe(401);
    const shown = await api('GET', '/api/v1/system/hooks', undefined, bearer(admin.token));
    expect(await shown.json()).toMatchObject({ items: [{ driver: 'alicloud', path: '/hooks/alicloud/t' }] });
  });

  it('logs in: bearer for programs, a strict httpOnly cookie for browsers', async () => {
    expect(admin.cookie).toMatch(/^wangshan_session=[\w-]{43}; .*HttpOnly/);
    expect(admin.cookie).toMatch(/SameSite=Strict/);
    expect(admin.cookie).not.toMatch(/Secure/);
    const cookie = admin.cookie.split(';')[0] ?? '';
    for (const headers of [bearer(admin.token), { cookie }] as Record<string, string>[])
      expect(await (await api('GET', '/api/v1/session', undefined, headers)).json()).toMatchObject({ user: { username: 'admin' } });
    expect((await service.authenticate(admin.token))?.username).toBe('admin');
    expect(await service.authenticate('nonsense')).toBeUndefined();
    expect(await problem(await api('GET', '/api/v1/session'))).toMatchObject({ code: 'unauthenticated' });
    expect(await problem(await api('POST', '/api/v1/session', { username: 'admin', password: 'wrong' }))).toMatchObject({
      code: 'wrong-credentials',
    });
  });

  it('takes a write by cookie only from its own page', async () => {
    const { cookie } = await login();
    const write = (headers: Record<string, string>) =>
      raw('PATCH', '/api/v1/settings', { cookie: cookie.split(';')[0] ?? '', ...headers }, { validityHours: 20 });
    expect((await write({})).status).toBe(403);
    expect((await write({ origin: 'http://evil.example' })).status).toBe(403);
    expect((await write({ 'sec-fetch-site': 'same-site' })).status).toBe(403);
    expect((await write({ origin: base })).status).toBe(200);
    expect((await write({ 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await write({ origin: 'http://evil.example', ...bearer(admin.token), cookie: '' })).status).toBe(200);
  });

  it('gives the feed of published warnings to everyone, and "not changed" to whoever has it', async () => {
    const first = await api('GET', '/api/v1/cap/feed.atom');
    expect(first.status).toBe(200);
    expect(first.headers.get('content-type')).toContain('application/atom+xml');
    expect(await first.text()).toContain(`href="${base}/api/v1/cap/feed.atom"`);
    const tag = first.headers.get('etag') ?? '';
    expect((await raw('GET', '/api/v1/cap/feed.atom', { 'if-none-match': tag })).status).toBe(304);
    expect((await raw('GET', '/api/v1/cap/feed.atom', { host: 'a"><b' })).body).toContain('http://localhost/api/v1');
    expect(await problem(await api('GET', '/api/v1/warnings/none/cap.xml'))).toMatchObject({ code: 'not-found' });
  });

  it('ends a session', async () => {
    const other = await login();
    expect((await api('DELETE', '/api/v1/session', undefined, bearer(other.token))).status).toBe(204);
    expect((await api('GET', '/api/v1/session', undefined, bearer(other.token))).status).toBe(401);
  });

  it('answers every error as a problem that names the field', async () => {
    const auth = bearer(admin.token);
    expect(await problem(await api('POST', '/api/v1/hazard-points', '{"a":', auth))).toMatchObject({
      code: 'invalid-request',
      errors: [{ path: 'body' }],
    });
    const bad = await problem(
      await api('POST', '/api/v1/hazard-points', { ...pointInput('513221010009', '51'), release: { red: 'never' }, longitude: 200 }, auth),
    );
    expect((bad.errors as { path: string }[]).map((each) => each.path).toSorted()).toEqual(['body.longitude', 'body.release.red']);
    expect(bad.instance).toBe('/api/v1/hazard-points');
    expect(await problem(await api('GET', '/api/v1/devices?limit=5000', undefined, auth))).toMatchObject({
      errors: [{ path: 'query.limit' }],
    });
    expect(await problem(await api('GET', '/api/v1/nothing', undefined, auth))).toMatchObject({ code: 'not-found' });
    expect(await problem(await api('GET', '/api/nothing'))).toMatchObject({ code: 'not-found' });
    expect(await problem(await api('PUT', '/somewhere'))).toMatchObject({ code: 'not-found' });
    expect(await problem(await api('POST', '/api/v1/devices', 'x'.repeat(1_100_000), auth))).toMatchObject({ code: 'too-large' });
    expect(await problem(await api('POST', '/api/v1/devices', 'a=1', { ...auth, 'content-type': 'text/plain' }))).toMatchObject({
      code: 'invalid-request',
    });
    expect(await problem(await api('POST', '/api/v1/hazard-points', pointInput('513221010001', '513221'), auth))).toMatchObject({
      code: 'already-exists',
    });
    expect(await problem(await api('POST', '/api/v1/warnings/W513221/explode', {}, auth))).toMatchObject({ code: 'not-found' });
  });

  it('hides what nobody foresaw, logs it under a number, and knows a database that is away', async () => {
    const { find } = context.store.warnings;
    context.store.warnings.find = () => Promise.reject(new Error('password=hunter2'));
    const hidden = await problem(await api('GET', '/api/v1/warnings/W513221', undefined, bearer(admin.token)));
    expect(hidden.code).toBe('internal');
    expect(JSON.stringify(hidden)).not.toContain('hunter2');
    const id = /as ([\w-]+)$/.exec(String(hidden.detail))?.[1] ?? 'none';
    expect(logged.join('')).toContain(id);
    context.store.warnings.find = () => Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
    expect(await problem(await api('GET', '/api/v1/warnings/W513221', undefined, bearer(admin.token)))).toMatchObject({
      code: 'not-ready',
    });
    context.store.warnings.find = find;
  });

  it('acts once for one Idempotency-Key', async () => {
    const act = (body: unknown) =>
      api('POST', '/api/v1/warnings/W513221/acknowledge', body, { ...bearer(admin.token), 'idempotency-key': 'click-1' });
    const before = context.acted.length;
    const answers = await Promise.all([act({}), act({})]);
    const [first, second] = await Promise.all(answers.map((answer) => answer.text()));
    expect(first).toBe(second);
    expect(context.acted.slice(before)).toEqual(['acknowledge W513221 public admin']);
    expect(await problem(await act({ scope: 'internal' }))).toMatchObject({ code: 'idempotency-mismatch' });

    const register = () =>
      api(
        'POST',
        '/api/v1/devices',
        { deviceId: 'ONCE', profile: 'rain-gauge', hazardPoint: '513221010001' },
        { ...bearer(admin.token), 'idempotency-key': 'dev' },
      );
    const secrets = [await (await register()).json(), await (await register()).json()];
    expect(secrets[0]).toEqual(secrets[1]);
    expect(secrets[0]).toMatchObject({ deviceId: 'ONCE' });
  });

  it('keeps roles and areas apart, for a user made over HTTP', async () => {
    const user = { username: 'duty1', password: 'a long password', displayName: '值班员', roles: ['duty'], scope: '513222' };
    const made = await api('POST', '/api/v1/users', user, bearer(admin.token));
    expect(made.status).toBe(201);
    expect(await made.text()).not.toMatch(/password|scrypt/);
    const duty = await login('duty1', user.password);
    const list = (await (await api('GET', '/api/v1/hazard-points', undefined, bearer(duty.token))).json()) as {
      items: { unifiedCode: string }[];
    };
    expect(list.items.map((each) => each.unifiedCode)).toEqual(['513222010001']);
    expect(await problem(await api('GET', '/api/v1/warnings/W513221', undefined, bearer(duty.token)))).toMatchObject({
      code: 'out-of-scope',
    });
    expect(await problem(await api('GET', '/api/v1/users', undefined, bearer(duty.token)))).toMatchObject({ code: 'forbidden' });
  });

  it('answers readings and patches as the contract says', async () => {
    const get = async (url: string) => (await api('GET', url, undefined, bearer(admin.token))).json();
    const from = '2026-11-21T10:00:00+08:00';
    expect(await get(operationUrl('getDevice', { id: 'D513221' }))).toMatchObject({ state: 'unknown' });
    const readings = { channel: 'L3_YL_1', unit: 'mm', readings: [{ value: 12.5 }] };
    expect(await get(operationUrl('getDeviceReadings', { id: 'D513221' }, { channel: 'L3_YL_1.value', from }))).toMatchObject(readings);
    expect(await get(`/api/v1/devices/D513221/readings?channel=L3_YL_1&from=${from}`)).toMatchObject(readings);

    const patch = (body: unknown) => api('PATCH', '/api/v1/hazard-points/513221010001', body, bearer(admin.token));
    expect(await (await patch({ slopeHeight: 30 })).json()).toMatchObject({ slopeHeight: 30, threatenedPeople: 11 });
    expect(await problem(await patch({ drill: {} }))).toMatchObject({ code: 'drill-immutable' });
  });

  it('notes each device that reports', async () => {
    const receivedAt = context.clock.now() - 1000;
    await context.bus.publish('readings.stored', {
      readings: [
        {
          deviceId: 'D513221',
          hazardPoint: '513221010001',
          channel: 'L3_YL_1',
          time: receivedAt,
          value: 1,
          quality: [],
          receivedAt,
          seq: 1,
        },
      ],
    });
    const device = await (await api('GET', '/api/v1/devices/D513221', undefined, bearer(admin.token))).json();
    expect(device).toMatchObject({ state: 'online', lastSeen: new Date(receivedAt).toISOString() });
    expect(device).not.toHaveProperty('secretHash');
  });

  it('proves its writes in the audit log, without personal data', async () => {
    const audit = (await (await api('GET', '/api/v1/audit?after=0&limit=1000', undefined, bearer(admin.token))).json()) as {
      items: { action: string }[];
    };
    const actions = new Set(audit.items.map((each) => each.action));
    for (const action of [
      'session.opened',
      'hazard-point.created',
      'device.created',
      'household-card.created',
      'user.created',
      'settings.changed',
    ])
      expect(actions).toContain(action);
    expect(JSON.stringify(audit)).not.toMatch(/13900000011|王秀英/);
    expect(logged.join('')).not.toMatch(/13900000011|王秀英/);
  });

  it('documents itself from this machine alone', async () => {
    const document = (await (await api('GET', '/api/openapi.json')).json()) as { openapi: string; paths: Record<string, unknown> };
    expect(document.openapi).toBe('3.1.0');
    const page = await (await api('GET', '/api/docs')).text();
    const links = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(links.length).toBeGreaterThan(2);
    for (const link of links) {
      expect(link).toMatch(/^\/api\/docs\//);
      expect((await api('GET', link)).status).toBe(200);
    }
  });

  it('serves the dashboard: pages fall back to index.html, texts compressed, hashed files for ever', async () => {
    const page = await api('GET', '/warnings/W1', undefined, { 'accept-encoding': 'gzip' });
    expect(page.headers.get('content-encoding')).toBe('gzip');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    expect(await page.text()).toContain('<title>望山');
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'self';img-src 'self' data: blob:;style-src 'self' 'unsafe-inline';worker-src 'self';connect-src 'self' ws: wss:;object-src 'none';base-uri 'self';form-action 'self';frame-ancestors 'none'",
    );
    expect(page.headers.get('strict-transport-security')).toBeNull();
    const script = await api('GET', '/assets/app-123.js');
    expect(script.headers.get('cache-control')).toContain('immutable');
    expect(script.headers.get('content-type')).toMatch(/javascript/);
    const again = await raw('GET', '/assets/app-123.js', { 'if-none-match': script.headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
    expect((await api('GET', '/assets/gone-456.js')).status).toBe(404);
    const climbed = await raw('GET', '/..%2f..%2f..%2fetc/passwd', {});
    expect(climbed.body).not.toContain('root:');
  });
});

/** A request with headers `fetch` would not let through. */
function raw(method: string, pathname: string, headers: Record<string, string>, body?: unknown): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const request = http.request(
      base + pathname,
      { method, headers: { ...(text ? { 'content-type': 'application/json' } : {}), ...headers } },
      (response) => {
        let received = '';
        response.on('data', (data: Buffer) => (received += data.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: received }));
      },
    );
    request.on('error', reject);
    request.end(text);
  });
}
