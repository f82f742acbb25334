import { z } from 'zod';
import { DivisionCode } from '../point/division.js';
import { IsoTime } from '../time/time.js';

/**
 * admin: every right until the powers are separated. duty: 值班员. signer: 签发人. expert: 专家. rule-author: 规则作者.
 * device-engineer: 设备工程师. card-keeper: 明白卡管理员. viewer: reads, personal data masked.
 */
export const roles = ['admin', 'duty', 'signer', 'expert', 'rule-author', 'device-engineer', 'card-keeper', 'viewer'] as const;
export const Role = z.enum(roles);
export type Role = z.infer<typeof Role>;

export const User = z.object({
  id: z.string(),
  username: z.string(),
  displayName: z.string(),
  roles: z.array(Role),
  /** Prefix of the division codes the user sees; empty = everything. */
  scope: z.string().regex(/^\d{0,12}$/),
  createdAt: IsoTime,
});
export type User = z.infer<typeof User>;
export const UserCreate = z.object({
  username: z.string().regex(/^[a-z0-9][a-z0-9._-]{1,31}$/, 'username: 2–32 lower-case letters, digits, . _ -'),
  password: z.string().min(10).max(200),
  displayName: z.string().min(1).max(40),
  roles: z.array(Role).min(1),
  scope: z.union([DivisionCode, z.literal('')]).default(''),
});
export type UserCreate = z.infer<typeof UserCreate>;
export const SessionCreate = z.object({ username: z.string(), password: z.string() });
export const Session = z.object({ token: z.string(), expiresAt: IsoTime, user: User });
export type Session = z.infer<typeof Session>;
