import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Problem } from '#libs/contracts';
import { fakeContext, fakeUser, viewOf, type FakeContext } from '../fakes/fake-context.js';
import { hashPassword, verifyPassword } from './password.js';
import { authenticate, login, logout } from './sessions.js';
import { bootstrapAdmin, createUser } from './users.js';

/** A password takes a tenth of a second on a quiet machine, ten times that where every core is busy. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const code = (error: unknown) => (error instanceof Problem ? error.code : String(error));
let context: FakeContext;
beforeEach(async () => {
  context = fakeContext();
  await bootstrapAdmin(context, 'Accept-2026-Secret!');
});
const enter = (password: string, username = 'admin', address = '10.0.0.1') => login(context, { username, password }, address);

describe('passwords', () => {
  it('are salted, and only the right one opens', async () => {
    const [a, b] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
    expect(a).not.toBe(b);
    expect(a).not.toContain('correct');
    expect(await verifyPassword('correct horse', a)).toBe(true);
    expect(await verifyPassword('correct house', a)).toBe(false);
    expect(await verifyPassword('anything', 'plain text')).toBe(false);
  });
});

describe('a session', () => {
  it('lasts twelve hours on the wall clock and is stored by its hash only', async () => {
    const { token, user } = await enter('Accept-2026-Secret!');
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(user).not.toHaveProperty('passwordHash');
    expect(JSON.stringify([...context.store.sessionRows])).not.toContain(token);
    expect((await authenticate(context, token))?.user.username).toBe('admin');
    context.clock.time += 12 * 3_600_000 - 1;
    expect(await authenticate(context, token)).toBeDefined();
    context.clock.time += 1;
    expect(await authenticate(context, token)).toBeUndefined();
  });

  it('ends with the log-out', async () => {
    const { token, user } = await enter('Accept-2026-Secret!');
    await logout(context, token, user);
    expect(await authenticate(context, token)).toBeUndefined();
  });

  it('is refused alike for a wrong password and an unknown user', async () => {
    expect(await enter('wrong').catch(code)).toBe('wrong-credentials');
    expect(await enter('wrong', 'nobody').catch(code)).toBe('wrong-credentials');
    const refused = context.store.auditRows.filter((row) => row.action === 'session.refused');
    expect(refused.map((row) => row.actor)).toEqual(['admin', '-']);
  });

  it('is not even checked while the user has to wait', async () => {
    for (let n = 0; n < 5; n++) context.attempts.failed('admin', '10.0.0.1');
    expect(await enter('Accept-2026-Secret!').catch(code)).toBe('too-many-attempts');
    expect((await enter('Accept-2026-Secret!', 'admin', '10.0.0.2')).user.username).toBe('admin');
  });
});

describe('the administrator', () => {
  it('keeps its password when none is given, and takes the given one when it differs', async () => {
    expect(await bootstrapAdmin(context, undefined)).toBeUndefined();
    await enter('Accept-2026-Secret!');
    await bootstrapAdmin(context, 'Another-2026-Secret');
    expect(await enter('Accept-2026-Secret!').catch(code)).toBe('wrong-credentials');
    await enter('Another-2026-Secret');
  });

  it('gets a random password on a first start without one, shown once', async () => {
    const fresh = fakeContext();
    const password = await bootstrapAdmin(fresh, undefined);
    expect(password).toMatch(/^[\w-]{20}$/);
    expect(await bootstrapAdmin(fresh, undefined)).toBeUndefined();
    expect((await login(fresh, { username: 'admin', password: password! }, '::1')).user.roles).toEqual(['admin']);
  });

  it('gives nobody a wider area than its own', async () => {
    const county = viewOf(context, fakeUser('county', ['admin'], '513221'));
    const input = { username: 'new', password: 'a long password', displayName: '新', roles: ['duty' as const], scope: '5132' };
    expect(await createUser(context, county, input).catch(code)).toBe('out-of-scope');
    expect(await createUser(context, county, { ...input, scope: '' }).catch(code)).toBe('out-of-scope');
    expect(await createUser(context, county, { ...input, scope: '513221' })).toMatchObject({ username: 'new', scope: '513221' });
    expect(await createUser(context, county, { ...input, scope: '513221' }).catch(code)).toBe('already-exists');
  });
});
