import { z } from 'zod';
import { AuditVerification, AuditView } from '../audit.js';
import { HookView } from '../delivery/hook.js';
import { ChannelSettingsView, ChannelTest } from '../delivery/channel-settings.js';
import { PageQuery, pageOf } from '../page.js';
import { QuarantineReason } from '../reading/reading.js';
import { Settings, SettingsPatch, SettingsView } from '../settings.js';
import { IsoTime } from '../time/time.js';
import { OutOfService } from '../people/card-state.js';
import { rosterPosts } from '../people/told-from.js';
import type { Operation } from './operation.js';

export const QuarantineView = z.object({
  id: z.string(),
  deviceId: z.string(),
  topic: z.string(),
  reason: QuarantineReason,
  detail: z.string(),
  /** The bytes as they came, base64. */
  payload: z.string(),
  receivedAt: IsoTime,
});
/** One of the roster; the phone is any text, for it may be masked. `outOfService`: no message reaches it, by which receipt since when. */
const RosterView = z.object({
  name: z.string(),
  phone: z.string(),
  post: z.enum(rosterPosts).optional(),
  divisionCode: z.string().optional(),
  outOfService: OutOfService.omit({ field: true }).optional(),
});
export type RosterView = z.infer<typeof RosterView>;
/** Phones on the duty roster are masked by role. */
export const SettingsAnswer = SettingsView.extend({
  settings: Settings.omit({ formerChannels: true }).extend({
    dutyRoster: z.array(RosterView),
    channels: ChannelSettingsView,
  }),
});
export const PortView = z.object({ name: z.string(), protocol: z.string(), port: z.number().int(), url: z.string().optional() });
export type PortView = z.infer<typeof PortView>;

export const systemOperations = {
  listQuarantine: {
    method: 'GET',
    path: '/quarantine',
    tag: 'system',
    summary: { zh: '隔离区', en: 'What could not be read, and why' },
    access: ['device-engineer', 'duty'],
    query: PageQuery,
    response: pageOf(QuarantineView),
  },
  listAudit: {
    method: 'GET',
    path: '/audit',
    tag: 'system',
    summary: { zh: '审计日志', en: 'Who did what, in order; for administrators of the whole station' },
    access: ['admin'],
    query: PageQuery.extend({ after: z.coerce.number().int().min(0).optional() }),
    response: pageOf(AuditView),
  },
  verifyAudit: {
    method: 'GET',
    path: '/audit/verify',
    tag: 'system',
    summary: { zh: '校验审计链', en: 'Recompute the hash chain' },
    access: ['admin'],
    response: AuditVerification,
  },
  getSettings: {
    method: 'GET',
    path: '/settings',
    tag: 'system',
    summary: { zh: '县级设置', en: 'What a county changes' },
    access: 'any',
    response: SettingsAnswer,
  },
  updateSettings: {
    method: 'PATCH',
    path: '/settings',
    tag: 'system',
    summary: { zh: '修改设置', en: 'Change settings; makes a new version' },
    access: ['admin'],
    body: SettingsPatch,
    response: SettingsAnswer,
  },
  testChannel: {
    method: 'POST',
    path: '/settings/channels/{name}/test',
    tag: 'system',
    summary: {
      zh: '发送测试消息（name：robot:<id>、webhook:<id>、email、broadcast:platform、broadcast:<设备号>、wall:centre）',
      en: 'Send a test message by one channel: robot:<id>, webhook:<id>, email, broadcast:platform, broadcast:<device id>, wall:centre',
    },
    access: ['admin'],
    response: ChannelTest,
  },
  listPorts: {
    method: 'GET',
    path: '/system/ports',
    tag: 'system',
    summary: { zh: '监听端口', en: 'Listeners and their ports' },
    access: 'any',
    query: PageQuery,
    response: pageOf(PortView),
  },
  listHooks: {
    method: 'GET',
    path: '/system/hooks',
    tag: 'system',
    summary: {
      zh: '短信、语音服务商回执推送地址',
      en: 'Where providers of SMS and voice push receipts and replies; each address bears a secret',
    },
    access: ['admin'],
    query: PageQuery,
    response: pageOf(HookView),
  },
} as const satisfies Record<string, Operation>;
