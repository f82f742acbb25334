import { z } from 'zod';
import { PageQuery, pageOf } from '../page.js';
import { IsoTime } from '../time/time.js';
import { Session, SessionCreate, User, UserCreate } from '../people/user.js';
import type { Operation } from './operation.js';

export const CurrentSession = z.object({ expiresAt: IsoTime, user: User });

export const sessionOperations = {
  createSession: {
    method: 'POST',
    path: '/session',
    tag: 'session',
    summary: { zh: '登录', en: 'Log in; answers a bearer token and sets the session cookie' },
    access: 'public',
    body: SessionCreate,
    response: Session,
    status: 201,
  },
  getSession: {
    method: 'GET',
    path: '/session',
    tag: 'session',
    summary: { zh: '当前用户', en: 'Who am I' },
    access: 'any',
    response: CurrentSession,
  },
  deleteSession: {
    method: 'DELETE',
    path: '/session',
    tag: 'session',
    summary: { zh: '退出', en: 'Log out' },
    access: 'any',
    response: null,
  },
  listUsers: {
    method: 'GET',
    path: '/users',
    tag: 'users',
    summary: { zh: '用户列表', en: 'Users whose area lies inside the asking one' },
    access: ['admin'],
    query: PageQuery,
    response: pageOf(User),
  },
  createUser: {
    method: 'POST',
    path: '/users',
    tag: 'users',
    summary: { zh: '新建用户', en: 'Create a user' },
    access: ['admin'],
    body: UserCreate,
    response: User,
    status: 201,
  },
} as const satisfies Record<string, Operation>;
