import { SECOND, toIso, type Clock, type DeliveryFault, type DeliveryFaultKind, type Heartbeat, type SystemAlarm } from '#libs/contracts';
import type { Logger } from '#libs/platform';
import { faultWords } from './words.js';

/** Deliveries that have stopped on their way, by warning and kind. Both adapters: the database, and the journal while it is away. */
export interface DeliveryAudit {
  /** @param now by the station's clock, epoch ms */
  faults(now: number): Promise<DeliveryFault[]>;
}

export interface AuditorParts {
  audit: DeliveryAudit;
  /** Call-outs whose next step is overdue by so much. */
  late: (patienceMs: number) => { warningId: string }[];
  clock: Clock;
  logger: Logger;
  alarm: (alarm: SystemAlarm) => Promise<void>;
  /** Everything is proved: tells whoever watches from outside. */
  beat: (at: number) => Promise<void>;
  counted: (kind: DeliveryFaultKind, count: number) => void;
}

/** Between two rounds. Rarer: a stopped red message lies there that much longer; oftener: the proof costs more than what it proves. */
export const AUDIT_EVERY_MS = 10 * SECOND;
/** A step of a ladder may be this late: a slow disk, a thousand households. Later, somebody waits for a call nobody makes. */
const LADDER_PATIENCE_MS = 15 * SECOND;
/** After this long without a proof nobody outside should believe the station. Two rounds may be missed by a restart. */
const ALIVE_FOR_MS = 3 * AUDIT_EVERY_MS;

/**
 * Proves every ten seconds that what was released goes on (the auditor of Grafana OnCall, with its dead man's switch): what fails is a
 * standing alarm naming the warning; only when nothing does, the heartbeat is given. A proof that can't be made is no proof.
 */
export class Auditor {
  readonly #standing = new Map<string, SystemAlarm>();
  #faults: DeliveryFault[] = [];
  #provedAt: number | undefined;

  constructor(private readonly parts: AuditorParts) {}

  async round(): Promise<void> {
    const { clock, logger, beat } = this.parts;
    const now = clock.now();
    try {
      this.#faults = await this.#look(now);
    } catch (error) {
      logger.error({ err: error }, 'the delivery could not be audited: no heartbeat');
      return;
    }
    for (const kind of new Set(this.#faults.map((fault) => fault.kind)))
      this.parts.counted(
        kind,
        this.#faults.filter((fault) => fault.kind === kind).reduce((sum, { count }) => sum + count, 0),
      );
    await this.#say();
    if (this.#faults.length > 0) {
      logger.error({ faults: this.#faults }, 'what was released has stopped on its way: no heartbeat');
      return;
    }
    this.#provedAt = now;
    await beat(now);
  }

  heartbeat(): Heartbeat {
    const age = this.#provedAt === undefined ? null : this.parts.clock.now() - this.#provedAt;
    return {
      alive: age !== null && age <= ALIVE_FOR_MS && this.#faults.length === 0,
      at: this.#provedAt === undefined ? null : toIso(this.#provedAt),
      ageSeconds: age === null ? null : Math.round(age / SECOND),
      faults: this.#faults,
    };
  }

  async #look(now: number): Promise<DeliveryFault[]> {
    const stopped = new Set(this.parts.late(LADDER_PATIENCE_MS).map(({ warningId }) => warningId));
    const faults = await this.parts.audit.faults(now);
    return [...faults, ...[...stopped].map((warning): DeliveryFault => ({ kind: 'call-out-stopped', warning, count: 1 }))];
  }

  async #say(): Promise<void> {
    const wanted = new Map(this.#faults.map((fault) => [codeOf(fault), fault]));
    try {
      for (const [code, fault] of wanted) {
        if (this.#standing.has(code)) continue;
        const alarm: SystemAlarm = { code, level: 'red', standing: true, text: faultWords(fault) };
        await this.parts.alarm(alarm);
        this.#standing.set(code, alarm);
      }
      for (const [code, alarm] of this.#standing)
        if (!wanted.has(code)) {
          await this.parts.alarm({ ...alarm, standing: false });
          this.#standing.delete(code);
        }
    } catch (error) {
      this.parts.logger.error({ err: error }, 'an alarm of the auditor could not be told; the next round tells it');
    }
  }
}

const codeOf = ({ kind, warning }: DeliveryFault): string => `delivery-stopped:${kind}:${warning}`;
