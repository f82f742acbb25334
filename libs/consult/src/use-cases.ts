import type { LedgerEntry, Ledger } from '#libs/alert';
import { Lanes } from '#libs/alert';
import type {
  ChatMessage,
  Clock,
  Consultation,
  Page,
  PageQuery,
  User,
  WallEventDraft,
  WarningAction,
  WarningRecord,
} from '#libs/contracts';
import {
  ChatMessage as ChatMessageSchema,
  DecisionCreate,
  insideDivision,
  OpinionCreate,
  Problem,
  SignatureCreate,
  toIso,
} from '#libs/contracts';
import { hashId, randomSecret } from '#libs/platform';
import type { z } from 'zod';
import { auditOf, eventOf } from './open.js';
import { stepsOf, type OutcomeStep } from './outcome.js';
import type { ConsultationStore } from './ports.js';
import { addOpinion, decide, requireOpen, requireRole, sign } from './record.js';

/** What was done to the warning, and the warning after it. */
export interface CarriedOut {
  done: readonly WarningAction[];
  warning: WarningRecord;
}

/**
 * Carries out what a signed decision asks of a warning, in the warning's own order, and writes `alongside` (the signed
 * record) in the same ledger entry: signed and acted on are one. `next` is asked again after every confirm.
 */
export type CarryOut = (
  warningId: string,
  next: (warning: WarningRecord) => readonly OutcomeStep[],
  actor: User,
  alongside: LedgerEntry,
  /** Who wrote the decision: where two sign, somebody else signs it. */
  decidedBy: string,
) => Promise<CarriedOut>;

export interface ConsultDeps {
  store: ConsultationStore;
  ledger: Ledger;
  clock: Clock;
  carryOut: CarryOut;
}

export type SignedConsultation = Consultation & { acted: CarriedOut };

/** Everything a user does in a consultation. Changes of one consultation run one after another; each is one ledger entry. */
export class ConsultUseCases {
  readonly #lanes = new Lanes();

  constructor(readonly deps: ConsultDeps) {}

  /** Newest first, within the user's divisions. */
  list(query: PageQuery & { warning?: string }, user: User): Promise<Page<Consultation>> {
    return this.deps.store.list({ ...query, scope: user.scope });
  }

  /** @throws Problem `not-found`, also for one outside the user's divisions: its existence is nobody else's business */
  async get(id: string, user: User): Promise<Consultation> {
    const consultation = await this.deps.store.find(id);
    if (!consultation || !insideDivision(consultation.divisionCode, user.scope))
      throw new Problem('not-found', `no consultation ${id} in your divisions`);
    return consultation;
  }

  addOpinion(id: string, body: z.input<typeof OpinionCreate>, user: User): Promise<Consultation> {
    const opinion = parse(OpinionCreate, body);
    return this.#change(id, user, 'consultation.opinion', (consultation, now) => addOpinion(consultation, opinion, user, now));
  }

  decide(id: string, body: z.input<typeof DecisionCreate>, user: User): Promise<Consultation> {
    const decision = parse(DecisionCreate, body);
    return this.#change(id, user, 'consultation.decided', (consultation, now) => decide(consultation, decision, user, now));
  }

  /** Signs the decision and acts on the warning. Refused as a whole when the warning refuses an action. */
  sign(id: string, body: z.input<typeof SignatureCreate>, user: User): Promise<SignedConsultation> {
    const signature = parse(SignatureCreate, body);
    return this.#lanes.run(id, async () => {
      const now = this.deps.clock.now();
      const signed = sign(await this.get(id, user), signature, user, now);
      const { decision } = signed;
      if (!decision) throw new Problem('illegal-transition', `consultation ${id} has no decision to sign`);
      const alongside = entryOf(signed, eventOf(signed, 'consultation.signed', now), 'consultation.signed', user, now, {
        decision: decision.hash,
        result: decision.result,
      });
      const acted = await this.deps.carryOut(signed.warning, (warning) => stepsOf(decision, warning), user, alongside, decision.by);
      return { ...signed, acted };
    });
  }

  /** One line of talk, kept with the record. */
  say(id: string, text: string, user: User): Promise<ChatMessage> {
    requireRole(user, 'chat');
    return this.#lanes.run(id, async () => {
      const consultation = await this.get(id, user);
      requireOpen(consultation);
      const at = toIso(this.deps.clock.now());
      const message = parse(ChatMessageSchema, {
        id: hashId(24, id, 'chat', randomSecret(12)),
        by: user.username,
        byName: user.displayName,
        at,
        text,
      });
      await this.deps.store.addChat(id, message);
      return message;
    });
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.#lanes.idle();
  }

  #change(
    id: string,
    user: User,
    action: string,
    change: (consultation: Consultation, now: number) => Consultation,
  ): Promise<Consultation> {
    return this.#lanes.run(id, async () => {
      const now = this.deps.clock.now();
      const changed = change(await this.get(id, user), now);
      await this.deps.ledger.write(
        entryOf(changed, eventOf(changed, 'consultation.updated', now), action, user, now, { decision: changed.decision?.hash ?? null }),
      );
      return changed;
    });
  }
}

const entryOf = (
  consultation: Consultation,
  event: WallEventDraft,
  action: string,
  user: User,
  now: number,
  detail: Record<string, unknown>,
): LedgerEntry => ({
  consultations: [consultation],
  events: [event],
  audit: [auditOf(consultation, action, user.username, now, detail)],
});

function parse<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Problem('invalid-request', `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'not valid'}`, {
    issues: parsed.error.issues,
  });
}
