import { z } from 'zod';
import { AuditVerification, AuditView } from '../audit.js';
import { PageQuery, pageOf } from '../page.js';
import { QuarantineReason } from '../reading.js';
import { Settings, SettingsPatch, SettingsView } from '../settings.js';
import { IsoTime } from '../time.js';
import { anyBody, type Operation } from './operation.js';

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
/** Phones on the duty roster are masked by role. */
export const SettingsAnswer = SettingsView.extend({
  settings: Settings.extend({ dutyRoster: z.array(z.object({ name: z.string(), phone: z.string() })) }),
});
export const RuleVersionView = z.object({
  rulebook: z.string(),
  version: z.string(),
  text: z.string(),
  author: z.string(),
  reason: z.string(),
  createdAt: IsoTime,
  activatedAt: IsoTime.nullable(),
  activatedBy: z.string().nullable(),
});
export const RuleActivation = z.object({ version: z.string().min(1), reason: z.string().min(1).max(500) });
export const PortView = z.object({ name: z.string(), protocol: z.string(), port: z.number().int(), url: z.string().optional() });
export type PortView = z.infer<typeof PortView>;

const ruleLater = (what: string) =>
  `${what} comes with a later release; rule files arrive through WANGSHAN_RULES_DIR and POST /rules/{id}/activate`;

export const systemOperations = {
  listRules: {
    method: 'GET',
    path: '/rules',
    tag: 'rules',
    summary: { zh: '现行规则集', en: 'Rulebooks in force' },
    access: 'any',
    query: PageQuery,
    response: pageOf(RuleVersionView),
  },
  createRule: {
    method: 'POST',
    path: '/rules',
    tag: 'rules',
    summary: { zh: '新建规则版本', en: 'Write a new rulebook version' },
    access: ['rule-author'],
    body: anyBody,
    response: RuleVersionView,
    later: ruleLater('writing a rulebook version over HTTP'),
  },
  listRuleVersions: {
    method: 'GET',
    path: '/rules/{id}/versions',
    tag: 'rules',
    summary: { zh: '规则集版本', en: 'Versions of a rulebook, newest first' },
    access: 'any',
    query: PageQuery,
    response: pageOf(RuleVersionView),
  },
  activateRule: {
    method: 'POST',
    path: '/rules/{id}/activate',
    tag: 'rules',
    summary: { zh: '启用规则版本', en: 'Put a version in force' },
    access: ['rule-author'],
    body: RuleActivation,
    response: RuleVersionView,
  },
  shadowRule: {
    method: 'POST',
    path: '/rules/{id}/shadow',
    tag: 'rules',
    summary: { zh: '影子运行', en: 'Run a version in shadow' },
    access: ['rule-author'],
    body: anyBody,
    response: RuleVersionView,
    later: ruleLater('running a version in shadow'),
  },
  rollbackRule: {
    method: 'POST',
    path: '/rules/{id}/rollback',
    tag: 'rules',
    summary: { zh: '回退', en: 'Return to the version before' },
    access: ['rule-author'],
    body: anyBody,
    response: RuleVersionView,
    later: `${ruleLater('rollback as one action')}, which also accepts an earlier version`,
  },
  dryRunRule: {
    method: 'POST',
    path: '/rules/{id}/dry-run',
    tag: 'rules',
    summary: { zh: '试运行', en: 'What a version would have done over history' },
    access: ['rule-author'],
    body: anyBody,
    response: anyBody,
    later: 'dry runs come with a later release; npm run rulebook runs a rulebook against its cases',
  },
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
  listPorts: {
    method: 'GET',
    path: '/system/ports',
    tag: 'system',
    summary: { zh: '监听端口', en: 'Listeners and their ports' },
    access: 'any',
    query: PageQuery,
    response: pageOf(PortView),
  },
} as const satisfies Record<string, Operation>;
