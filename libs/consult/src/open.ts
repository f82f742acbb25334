import type { AuditRecord, Consultation, EvidenceSnapshot, HazardPoint, WallEventDraft, WarningRecord } from '#libs/contracts';
import { toIso } from '#libs/contracts';
import { hashId, sha256 } from '#libs/platform';
import { canonicalJson } from './canonical.js';
import { consultationTitle } from './texts.js';

/** One consultation a warning: asking twice names the same one. */
export const consultationId = (warningId: string): string => hashId(24, warningId, 'consult');

export interface OpenInput {
  warning: WarningRecord;
  point: HazardPoint;
  series: EvidenceSnapshot['series'];
  /** Wall clock, epoch ms. */
  now: number;
}

export interface Opened {
  consultation: Consultation;
  event: WallEventDraft;
  audit: AuditRecord;
}

/** Hash of a case file: everything in it but the hash. */
export const evidenceHash = (evidence: Omit<EvidenceSnapshot, 'hash'>): string => {
  const { takenAt, warning, point, series } = evidence;
  return sha256(canonicalJson({ takenAt, warning, point, series }));
};

/** Opens the consultation of a warning with the case frozen as it is now (notify.md §7.3). Written in the ledger entry of the warning. */
export function openConsultation({ warning, point, series, now }: OpenInput): Opened {
  const { unifiedCode, name, kind, threatenedHouseholds, threatenedPeople } = point;
  const content = {
    takenAt: toIso(now),
    warning,
    point: { unifiedCode, name, kind, threatenedHouseholds, threatenedPeople },
    series,
  };
  const consultation: Consultation = {
    id: consultationId(warning.id),
    warning: warning.id,
    hazardPoint: warning.hazardPoint,
    divisionCode: warning.divisionCode,
    title: consultationTitle(name, warning.held?.level === 'red' ? 'red' : warning.level, warning.exercise),
    exercise: warning.exercise,
    state: 'open',
    openedAt: toIso(now),
    evidence: { ...content, hash: evidenceHash(content) },
    opinions: [],
    chat: [],
    decision: null,
    version: 1,
  };
  return {
    consultation,
    event: eventOf(consultation, 'consultation.opened', now),
    audit: auditOf(consultation, 'consultation.opened', 'station', now, { evidence: consultation.evidence.hash }),
  };
}

export function eventOf(consultation: Consultation, type: WallEventDraft['type'], now: number): WallEventDraft {
  return {
    id: hashId(24, consultation.id, consultation.version, type),
    type,
    at: now,
    divisionCode: consultation.divisionCode,
    payload: consultation,
  };
}

export function auditOf(
  consultation: Consultation,
  action: string,
  actor: string,
  now: number,
  detail: Record<string, unknown>,
): AuditRecord {
  return {
    id: hashId(24, consultation.id, consultation.version, action),
    at: now,
    actor,
    action,
    object: `consultation:${consultation.id}`,
    detail: { warning: consultation.warning, version: consultation.version, ...detail },
  };
}
