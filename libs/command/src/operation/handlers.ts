import { toIso, type AnswerOf, type BodyOf, type OperationId, type ParamsOf, type QueryOf, type User } from '#libs/contracts';
import { capFeedOf, warningCap } from '../warnings/cap.js';
import { importCards, importTemplate } from '../cards/import.js';
import { cardHandlers } from './card-handlers.js';
import { testChannel } from '../settings/channel-test.js';
import { addOpinion, decide, listConsultations, sign } from '../warnings/consultations.js';
import { acknowledgeDelivery, acknowledgeHousehold, listReplies } from '../callout/answers.js';
import { reportCsv, reportPdf } from '../callout/files.js';
import { reportOf } from '../callout/report.js';
import type { CommandContext } from '../context.js';
import { removeDevice, renewSecret } from '../devices/device-life.js';
import { createDevice, listDevices, readReadings, viewDeviceWithKpis } from '../devices/devices.js';
import { cancelCommand, listCommands, listIntervals, sendCommand } from '../downlink/use-cases.js';
import { exportReadings } from '../export/export-readings.js';
import { reportKpis } from '../kpi/report.js';
import { createIncident, listIncidents, warningKpis } from '../kpi/warnings.js';
import { listGaps } from '../devices/gaps.js';
import { createMaintenance, endMaintenance, listMaintenance } from '../quiet/maintenance.js';
import { pageOfList } from './paging.js';
import { createPoint, listIndicators, listPoints, statePoint, updatePoint } from '../registry/points.js';
import { listAudit, listHooks, listQuarantine, verifyAudit } from '../devices/records.js';
import { adjustResponse, endResponse, listResponses, startResponse } from '../response/levels.js';
import { getPlan, putPlan } from '../response/plans.js';
import { activateRule, rollbackRule } from '../rules/activation.js';
import { getDryRun, listDryRuns, requestDryRun, tryThresholds } from '../rules/dry-runs.js';
import { shadowSummary, startShadow, stopShadow } from '../rules/shadows.js';
import { listThresholdChanges } from '../rules/thresholds.js';
import { createRuleVersion, getRule, getRuleVersion, listRuleActivations, listRules, listRuleVersions } from '../rules/versions.js';
import type { ScopedView } from '../identity/scope.js';
import { login, logout } from '../identity/sessions.js';
import { createSilence, endSilence, listSilences } from '../quiet/silences.js';
import { changeSettings, readSettings } from '../settings/settings.js';
import { actOnTask, getTask, listTasks } from '../warnings/tasks.js';
import { createUser, listUsers } from '../identity/users.js';
import { actOnWarning, getWarning, listDeliveries, listWarnings } from '../warnings/warnings.js';

/** What a use case is called with, already validated. */
export interface Call<Id extends OperationId> {
  params: ParamsOf<Id>;
  query: QueryOf<Id>;
  body: BodyOf<Id>;
  view: ScopedView;
  session: { token: string; expiresAt: number; user: User };
}
/** Operations without a session. */
export interface PublicCall<Id extends OperationId> {
  params: ParamsOf<Id>;
  query: QueryOf<Id>;
  body: BodyOf<Id>;
  /** Where the request comes from, for the rate limit. */
  address: string;
  /** Scheme and host the station was asked under. */
  origin: string;
}
type PublicId = 'createSession' | 'getWarningCap' | 'getCapFeed';
type SessionId = Exclude<OperationId, PublicId>;
export type Handler<Id extends SessionId> = (context: CommandContext, call: Call<Id>) => Promise<AnswerOf<Id>> | AnswerOf<Id>;

/** Operation → use case. One line each; an operation without a line does not compile. */
export const handlers: { [Id in SessionId]: Handler<Id> } = {
  getSession: (_, { session }) => ({ expiresAt: toIso(session.expiresAt), user: session.user }),
  deleteSession: async (context, { session }) => {
    await logout(context, session.token, session.user);
    return undefined;
  },
  listUsers: (_, { view, query }) => listUsers(view, query),
  createUser: (context, { view, body }) => createUser(context, view, body),

  createHazardPoint: (context, { view, body }) => createPoint(context, view, body),
  listHazardPoints: (_, { view, query }) => listPoints(view, query),
  getHazardPoint: (_, { view, params }) => view.point(params.unifiedCode),
  updateHazardPoint: (context, { view, params, body }) => updatePoint(context, view, params.unifiedCode, body),
  getHazardPointState: (context, { view, params }) => statePoint(context, view, params.unifiedCode),
  listHazardPointIndicators: (context, { view, params, query }) => listIndicators(context, view, params.unifiedCode, query),
  listDeviceProfiles: (context, { query }) => pageOfList([...context.catalogue.summaries()], (profile) => profile.id, query),
  createDevice: (context, { view, body }) => createDevice(context, view, body),
  listDevices: (context, { view, query }) => listDevices(context, view, query),
  getDevice: (context, { view, params }) => viewDeviceWithKpis(context, view.device(params.id)),
  removeDevice: async (context, { view, params }) => {
    await removeDevice(context, view, params.id);
    return undefined;
  },
  renewDeviceSecret: (context, { view, params }) => renewSecret(context, view, params.id),
  sendDeviceCommand: (context, { view, params, body }) => sendCommand(context, view, params.id, body),
  listDeviceCommands: (context, { view, params, query }) => listCommands(context, view, params.id, query),
  cancelDeviceCommand: (context, { view, params }) => cancelCommand(context, view, params.id, params.msgid),
  listDeviceIntervals: (context, { view, params, query }) => listIntervals(context, view, params.id, query),
  listDeviceGaps: (context, { view, params, query }) => listGaps(context, view, params.id, query),
  createMaintenance: (context, { view, body }) => createMaintenance(context, view, body),
  listMaintenance: (context, { view, query }) => listMaintenance(context, view, query),
  endMaintenance: (context, { view, params }) => endMaintenance(context, view, params.id),
  createSilence: (context, { view, body }) => createSilence(context, view, body),
  listSilences: (context, { view, query }) => listSilences(context, view, query),
  endSilence: (context, { view, params }) => endSilence(context, view, params.id),
  getKpis: (context, { view, query }) => reportKpis(context, view, query),
  exportReadings: (context, { view, params, query }) => exportReadings(context, view, params.id, query),
  getDeviceReadings: (context, { view, params, query }) => readReadings(context, view, params.id, query),

  listWarnings: (context, { view, query }) => listWarnings(context, view, query),
  getWarning: (context, { view, params }) => getWarning(context, view, params.id),
  getWarningDeliveries: (context, { view, params, query }) => listDeliveries(context, view, params.id, query),
  actOnWarning: (context, { view, params, body }) => actOnWarning(context, view, params.id, params.action, body),
  getWarningKpis: (context, { view, query }) => warningKpis(context, view, query),
  createIncident: (context, { view, body }) => createIncident(context, view, body),
  listIncidents: (context, { view, query }) => listIncidents(context, view, query),
  getResponsePlan: (context, { view, params }) => getPlan(context, view, params.unifiedCode),
  putResponsePlan: (context, { view, params, body }) => putPlan(context, view, params.unifiedCode, body),
  startResponse: (context, { view, body }) => startResponse(context, view, body),
  listResponses: (context, { view, query }) => listResponses(context, view, query),
  adjustResponse: (context, { view, params, body }) => adjustResponse(context, view, params.id, body),
  endResponse: (context, { view, params, body }) => endResponse(context, view, params.id, body),
  listTasks: (context, { view, query }) => listTasks(context, view, query),
  getTask: (context, { view, params }) => getTask(context, view, params.id),
  actOnTask: (context, { view, params, body }) => actOnTask(context, view, params.id, params.action, body),
  getWarningReport: (context, { view, params }) => reportOf(context, view, params.id),
  getWarningReportCsv: (context, { view, params }) => reportCsv(context, view, params.id),
  getWarningReportPdf: (context, { view, params }) => reportPdf(context, view, params.id),
  acknowledgeDelivery: (context, { view, params, body }) => acknowledgeDelivery(context, view, params.id, params.delivery, body),
  acknowledgeHousehold: (context, { view, params, body }) => acknowledgeHousehold(context, view, params.id, params.card, body),
  listReplies: (context, { view, query }) => listReplies(context, view, query),
  getHeartbeat: (context) => context.callouts.heartbeat(),
  listConsultations: (_, { view, query }) => listConsultations(view, query),
  getConsultation: (_, { view, params }) => view.consultation(params.id),
  addOpinion: (context, { view, params, body }) => addOpinion(context, view, params.id, body),
  decideConsultation: (context, { view, params, body }) => decide(context, view, params.id, body),
  signConsultation: (context, { view, params, body }) => sign(context, view, params.id, body),

  ...cardHandlers,
  importCards: (context, { view, body }) => importCards(context, view, body),
  getCardTemplate: (_, { query }) => importTemplate(query.kind),

  listRules: (context, { query }) => listRules(context, query),
  createRule: (context, { view, body }) => createRuleVersion(context, view, body),
  getRule: (context, { view, params }) => getRule(context, view, params.id),
  listRuleVersions: (context, { params, query }) => listRuleVersions(context, params.id, query),
  createRuleVersion: (context, { view, params, body }) => createRuleVersion(context, view, body, params.id),
  getRuleVersion: (context, { params }) => getRuleVersion(context, params.id, params.version),
  getRuleShadow: (context, { view, params }) => shadowSummary(context, view, params.id, params.version),
  listRuleActivations: (context, { params, query }) => listRuleActivations(context, params.id, query),
  activateRule: (context, { view, params, body }) => activateRule(context, view, params.id, body),
  rollbackRule: (context, { view, params, body }) => rollbackRule(context, view, params.id, body.reason),
  shadowRule: (context, { view, params, body }) => startShadow(context, view, params.id, body),
  stopRuleShadow: (context, { view, params, body }) => stopShadow(context, view, params.id, body),
  dryRunRule: (context, { view, params, body }) => requestDryRun(context, view, params.id, body),
  listDryRuns: (context, { view, params, query }) => listDryRuns(context, view, params.id, query),
  getDryRun: (context, { view, params }) => getDryRun(context, view, params.id, params.run),
  listThresholdChanges: (context, { view, params, query }) => listThresholdChanges(context, view, params.unifiedCode, query),
  tryThresholds: (context, { view, params, body }) => tryThresholds(context, view, params.unifiedCode, body),
  listQuarantine: (_, { view, query }) => listQuarantine(view, query),
  listAudit: (context, { view, query }) => listAudit(context, view, query),
  verifyAudit: (context, { view }) => verifyAudit(context, view),
  getSettings: (context, { view }) => readSettings(context, view),
  updateSettings: (context, { view, body }) => changeSettings(context, view, body),
  testChannel: (context, { view, params }) => testChannel(context, view, params.name),
  listPorts: (context, { query }) => pageOfList(context.ports(), (port) => port.name, query),
  listHooks: (context, { view, query }) => listHooks(context, view, query),
};

/** Operations everyone may call. */
export const publicHandlers: { [Id in PublicId]: (context: CommandContext, call: PublicCall<Id>) => Promise<AnswerOf<Id>> } = {
  createSession: (context, { body, address }) => login(context, body, address),
  getWarningCap: (context, { params, query, origin }) => warningCap(context, params.id, query.version, origin),
  getCapFeed: (context, { origin }) => capFeedOf(context, origin),
};
