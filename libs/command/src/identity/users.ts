import { randomUUID } from 'node:crypto';
import { Problem, toIso, type Page, type PageQuery, type User, type UserCreate } from '#libs/contracts';
import { randomSecret } from '#libs/platform';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import { hashPassword, verifyPassword } from './password.js';
import type { ScopedView } from './scope.js';
import { withoutPassword } from './sessions.js';

export const listUsers = (view: ScopedView, query: PageQuery): Promise<Page<User>> => view.users(query);

/** @throws Problem out-of-scope when the new user would see more than its creator; already-exists */
export async function createUser(context: CommandContext, view: ScopedView, input: UserCreate): Promise<User> {
  view.requireArea(input.scope);
  if (await context.store.users.byUsername(input.username))
    throw new Problem('already-exists', `There is a user ${input.username} already; choose another name`);
  const { password, ...rest } = input;
  const user = { ...rest, id: randomUUID(), createdAt: toIso(context.clock.now()), passwordHash: await hashPassword(password) };
  await context.store.users.insert(user);
  await record(context, view.user.username, 'user.created', `user:${user.id}`, {
    username: user.username,
    roles: user.roles,
    scope: user.scope,
  });
  return withoutPassword(user);
}

/**
 * Makes sure there is an administrator `admin`. A password from the environment always wins, also on a second start; without
 * one the first start makes a random password.
 * @returns the random password, to be printed once; undefined when nothing has to be shown
 */
export async function bootstrapAdmin(
  parts: Pick<CommandContext, 'store' | 'clock'>,
  givenPassword: string | undefined,
): Promise<string | undefined> {
  const { store, clock } = parts;
  const admin = await store.users.byUsername('admin');
  if (admin) {
    if (givenPassword !== undefined && !(await verifyPassword(givenPassword, admin.passwordHash))) {
      await store.users.setPassword(admin.id, await hashPassword(givenPassword));
      await record(parts, 'station', 'user.password-set', `user:${admin.id}`, { by: 'WANGSHAN_ADMIN_PASSWORD' });
    }
    return undefined;
  }
  const password = givenPassword ?? randomSecret(15);
  const id = randomUUID();
  await store.users.insert({
    id,
    username: 'admin',
    displayName: '管理员',
    roles: ['admin'],
    scope: '',
    createdAt: toIso(clock.now()),
    passwordHash: await hashPassword(password),
  });
  await record(parts, 'station', 'user.created', `user:${id}`, { username: 'admin', roles: ['admin'], scope: '' });
  return givenPassword === undefined ? password : undefined;
}
