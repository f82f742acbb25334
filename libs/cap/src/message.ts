import type { DangerZone } from '#libs/contracts';

/** One language of a CAP message. Element names are those of CAP 1.2 §3.2.2; the order of the XML is xml.ts's business. */
export interface CapInfo {
  language: 'zh-CN' | 'en-US';
  event: string;
  responseTypes: readonly ('Evacuate' | 'Prepare' | 'Avoid' | 'Monitor' | 'AllClear')[];
  urgency: 'Immediate' | 'Expected' | 'Future' | 'Past';
  severity: 'Extreme' | 'Severe' | 'Moderate' | 'Minor';
  certainty: 'Observed' | 'Likely' | 'Possible' | 'Unlikely';
  senderName: string;
  headline: string;
  description: string;
  instruction: string;
  areaDescription: string;
}

/** Where: a drawn zone, or a circle of kilometres around the point as long as nobody has drawn one. */
export type CapShape = { ring: DangerZone } | { longitude: number; latitude: number; radiusKm: number };

/** How other messages refer to one: CAP 1.2 §3.2.1 `references`, "sender,identifier,sent". */
export interface CapReference {
  sender: string;
  identifier: string;
  /** Epoch ms. */
  sent: number;
}

/** A CAP 1.2 message, still without markup. */
export interface CapMessage extends CapReference {
  status: 'Actual' | 'Exercise';
  type: 'Alert' | 'Update' | 'Cancel';
  /** Earlier messages of the warning that had not expired, oldest first. */
  references: readonly CapReference[];
  warningId: string;
  /** Of the release: which message of the warning it is. */
  version: number;
  note?: string;
  /** Epoch ms. */
  expires: number;
  infos: readonly CapInfo[];
  shape: CapShape;
  divisionCode: string;
  unifiedCode: string;
  level: string;
}
