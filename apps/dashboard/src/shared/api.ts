import {
  AuditVerification,
  AuditView,
  Consultation,
  DeliveryView,
  DeviceProfileSummary,
  DeviceView,
  HazardPoint,
  HouseholdCard,
  pageOf,
  PointState,
  Session,
  SettingsView,
  User,
  WarningView,
  WorkCard,
} from '#libs/contracts';
import type { Settings, WarningAction, WarningActionBody } from '#libs/contracts';
import { z } from 'zod';

/** What went wrong with a request, in the station's words (RFC 9457) or, without an answer, in ours. `code` has a text in i18n `problem.*`. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`);
    this.name = 'ApiError';
  }
}

const ProblemBody = z.object({ code: z.string(), detail: z.string().default(''), status: z.number().optional() });

/** Told when the station no longer knows the session. */
let onSignedOut: () => void = () => undefined;
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/**
 * One request to the station, its answer checked against the contract.
 * @throws ApiError `unreachable` (no answer), `unexpected-answer` (not the contract's shape: page and station differ), or the station's problem
 */
async function request<S extends z.ZodType>(schema: S, method: Method, path: string, body?: unknown, key?: string): Promise<z.output<S>> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (key !== undefined) headers['idempotency-key'] = key;
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    throw new ApiError(0, 'unreachable', error instanceof Error ? error.message : String(error));
  }
  const text = await response.text();
  const answer = parseJson(text);
  if (!response.ok) {
    const problem = ProblemBody.safeParse(answer);
    if (response.status === 401 && path !== '/session') onSignedOut();
    throw problem.success
      ? new ApiError(response.status, problem.data.code, problem.data.detail)
      : new ApiError(response.status, 'unexpected-answer', `${method} ${path}: HTTP ${response.status}`);
  }
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ApiError(response.status, 'unexpected-answer', `${method} ${path}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // an answer without JSON fails its schema below, with the path in the message
  }
}

/** `crypto.randomUUID` does not exist on plain HTTP over a LAN; `getRandomValues` does. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function query(values: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) if (value !== undefined && value !== '') search.set(key, String(value));
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
const id = encodeURIComponent;

const Readings = z.object({
  channel: z.string(),
  unit: z.string(),
  resolution: z.enum(['raw', '1m', '1h', '1d']),
  readings: z.array(z.object({ time: z.string(), value: z.number(), quality: z.array(z.string()).default([]) })),
});
const QuarantineItem = z.object({
  id: z.string(),
  deviceId: z.string(),
  topic: z.string().default(''),
  reason: z.string(),
  detail: z.string().default(''),
  receivedAt: z.union([z.string(), z.number()]),
});
export type QuarantineItem = z.infer<typeof QuarantineItem>;
const NewDevice = z.object({ deviceId: z.string(), secret: z.string() });

export interface NewDeviceBody {
  deviceId: string;
  profile: string;
  hazardPoint: string;
  parent?: string;
  interval?: number;
}

/** The part of `/api/v1` this client uses. */
export const api = {
  signIn: (username: string, password: string) => request(Session, 'POST', '/session', { username, password }),
  session: () => request(z.object({ user: User }), 'GET', '/session'),
  signOut: () => request(z.unknown(), 'DELETE', '/session'),

  points: () => request(pageOf(HazardPoint), 'GET', '/hazard-points?limit=1000'),
  point: (code: string) => request(HazardPoint, 'GET', `/hazard-points/${id(code)}`),
  pointState: (code: string) => request(PointState, 'GET', `/hazard-points/${id(code)}/state`),

  profiles: () => request(z.object({ items: z.array(DeviceProfileSummary) }), 'GET', '/device-profiles'),
  devices: () => request(pageOf(DeviceView), 'GET', '/devices?limit=1000'),
  registerDevice: (body: NewDeviceBody, key: string) => request(NewDevice, 'POST', '/devices', body, key),
  readings: (deviceId: string, channel: string, range: { from?: string; to?: string; points?: number }) =>
    request(Readings, 'GET', `/devices/${id(deviceId)}/readings${query({ channel, ...range })}`),

  warnings: (filter: { state?: string; hazardPoint?: string; limit?: number }) =>
    request(pageOf(WarningView), 'GET', `/warnings${query({ limit: 200, ...filter })}`),
  warning: (warning: string) => request(WarningView, 'GET', `/warnings/${id(warning)}`),
  act: (warning: string, action: WarningAction, body: Partial<WarningActionBody>, key: string) =>
    request(WarningView, 'POST', `/warnings/${id(warning)}/${action}`, body, key),
  deliveries: (warning: string) => request(pageOf(DeliveryView), 'GET', `/warnings/${id(warning)}/deliveries?limit=1000`),

  consultations: (warning?: string) => request(pageOf(Consultation), 'GET', `/consultations${query({ warning, limit: 100 })}`),
  consultation: (consultation: string) => request(Consultation, 'GET', `/consultations/${id(consultation)}`),
  addOpinion: (consultation: string, body: object, key: string) =>
    request(z.unknown(), 'POST', `/consultations/${id(consultation)}/opinions`, body, key),
  decide: (consultation: string, body: object, key: string) =>
    request(z.unknown(), 'POST', `/consultations/${id(consultation)}/decision`, body, key),
  sign: (consultation: string, body: object, key: string) =>
    request(z.unknown(), 'POST', `/consultations/${id(consultation)}/signatures`, body, key),

  workCards: () => request(pageOf(WorkCard), 'GET', '/work-cards?limit=1000'),
  householdCards: () => request(pageOf(HouseholdCard), 'GET', '/household-cards?limit=1000'),
  addWorkCard: (body: object, key: string) => request(WorkCard, 'POST', '/work-cards', body, key),
  addHouseholdCard: (body: object, key: string) => request(HouseholdCard, 'POST', '/household-cards', body, key),

  settings: () => request(SettingsView, 'GET', '/settings'),
  saveSettings: (body: Partial<Settings>, key: string) => request(SettingsView, 'PATCH', '/settings', body, key),
  quarantine: () => request(pageOf(QuarantineItem), 'GET', '/quarantine?limit=500'),
  audit: (after?: number) => request(z.object({ items: z.array(AuditView) }), 'GET', `/audit${query({ after, limit: 500 })}`),
  verifyAudit: () => request(AuditVerification, 'GET', '/audit/verify'),
};

/** A sign of life over HTTP, for when the wall's socket has nothing to say. @throws ApiError `unreachable` */
export async function pulse(timeoutMs: number): Promise<void> {
  const response = await fetch('/healthz', { signal: AbortSignal.timeout(timeoutMs), cache: 'no-store' });
  if (!response.ok) throw new ApiError(response.status, 'unreachable', '/healthz');
}
