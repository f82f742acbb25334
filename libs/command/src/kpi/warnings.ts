import { randomUUID } from 'node:crypto';
import {
  Problem,
  toIso,
  type Incident,
  type IncidentCreate,
  type Page,
  type PageQuery,
  type QueryOf,
  type WarningKpis,
} from '#libs/contracts';
import { record } from '../audit.js';
import type { CommandContext } from '../context.js';
import type { ScopedView } from '../identity/scope.js';
import { warningFigures, type CountedWarning } from './warning-figures.js';

/** Warnings and disasters, as the figures count them. Exercises are not warnings. */
export interface WarningKpiStore {
  /** Opened in [from, to), epoch ms, in divisions that begin with this prefix. */
  opened(from: number, to: number, division: string): Promise<CountedWarning[]>;
  /** Opened before `to` at these points, the latest of each hundred. */
  openedBefore(to: number, hazardPoints: readonly string[]): Promise<CountedWarning[]>;
  insertIncident(incident: Incident): Promise<void>;
  incidents(from: number, to: number, division: string): Promise<Incident[]>;
  listIncidents(query: PageQuery & { scope: string; hazardPoint?: string }): Promise<Page<Incident>>;
}

/** @throws Problem invalid-request for a time that does not go forward, out-of-scope */
export async function warningKpis(context: CommandContext, view: ScopedView, query: QueryOf<'getWarningKpis'>): Promise<WarningKpis> {
  const { from, to } = query;
  if (to <= from) throw new Problem('invalid-request', 'to: must lie after from');
  const division = query.division ?? view.user.scope;
  view.requireArea(division);
  const { warningKpis: store } = context.store;
  const [opened, incidents] = await Promise.all([store.opened(from, to, division), store.incidents(from, to, division)]);
  const before = incidents.length === 0 ? [] : await store.openedBefore(from, [...new Set(incidents.map((one) => one.hazardPoint))]);
  return { from: toIso(from), to: toIso(to), ...warningFigures(opened, incidents, before) };
}

/** @throws Problem out-of-scope, invalid-request for one that is still to come */
export async function createIncident(context: CommandContext, view: ScopedView, input: IncidentCreate): Promise<Incident> {
  const point = view.point(input.hazardPoint);
  const now = context.clock.now();
  if (Date.parse(input.occurredAt) > now) throw new Problem('invalid-request', 'occurredAt: lies in the future');
  const { hazardPoint, occurredAt, text } = input;
  const incident: Incident = {
    id: randomUUID(),
    hazardPoint,
    divisionCode: point.divisionCode,
    occurredAt: toIso(Date.parse(occurredAt)),
    text,
    by: view.user.username,
    at: toIso(now),
  };
  await context.store.warningKpis.insertIncident(incident);
  await record(context, view.user.username, 'incident.entered', `hazard-point:${hazardPoint}`, { id: incident.id, occurredAt });
  return incident;
}

export function listIncidents(context: CommandContext, view: ScopedView, query: QueryOf<'listIncidents'>): Promise<Page<Incident>> {
  if (query.hazardPoint !== undefined) view.point(query.hazardPoint);
  return context.store.warningKpis.listIncidents({ ...query, scope: view.user.scope });
}
