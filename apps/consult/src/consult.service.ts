import { Inject, Injectable } from '@nestjs/common';
import type { Consultations } from '#libs/command';
import { ConsultRooms, ConsultUseCases, type CarryOut, type SignedConsultation, type SocketUser } from '#libs/consult';
import type {
  Clock,
  Consultation,
  DecisionCreate,
  OpinionCreate,
  Page,
  PageQuery,
  SignatureCreate,
  User,
  WallEvent,
} from '#libs/contracts';
import type { Health, Logger } from '#libs/platform';
import { token } from '#libs/platform';
import type { Store } from '#libs/store';
import type { Server } from 'socket.io';

export type ConsultStore = Pick<Store, 'consultations' | 'ledger'>;

/** The consult stage: what the API calls, the rooms of `/consult`, and what a signed decision does. */
@Injectable()
export class ConsultService implements Consultations {
  #useCases: ConsultUseCases | undefined;
  #rooms: ConsultRooms | undefined;

  constructor(
    @Inject(token.store) readonly store: ConsultStore,
    @Inject(token.clock) readonly clock: Clock,
    @Inject(token.logger) readonly logger: Logger,
    @Inject(token.health) readonly health: Health,
  ) {}

  /** Who acts on the warning of a signed decision: the alert stage. */
  connect(onSigned: CarryOut): void {
    const { store, clock } = this;
    this.#useCases = new ConsultUseCases({ store: store.consultations, ledger: store.ledger, clock, carryOut: onSigned });
    this.#rooms = new ConsultRooms(this.#useCases, this.logger);
    this.health.set('consult', 'ok');
  }

  /** Serves `/consult` on the server of the wall stage. */
  attach(io: Server, userOf: SocketUser): void {
    this.#connected(this.#rooms).attach(io, userOf);
  }

  /** Events as the ledger wrote them: rooms see their record change. */
  emit(events: readonly WallEvent[]): void {
    this.#rooms?.emit(events);
  }

  list(query: PageQuery & { warning?: string; scope: string }): Promise<Page<Consultation>> {
    return this.store.consultations.list(query);
  }

  get(id: string): Promise<Consultation | undefined> {
    return this.store.consultations.find(id);
  }

  addOpinion(id: string, opinion: OpinionCreate, actor: User): Promise<Consultation> {
    return this.#connected(this.#useCases).addOpinion(id, opinion, actor);
  }

  decide(id: string, decision: DecisionCreate, actor: User): Promise<Consultation> {
    return this.#connected(this.#useCases).decide(id, decision, actor);
  }

  sign(id: string, signature: SignatureCreate, actor: User): Promise<SignedConsultation> {
    return this.#connected(this.#useCases).sign(id, signature, actor);
  }

  /** Lets what is under way finish. */
  async stop(): Promise<void> {
    await this.#useCases?.idle();
  }

  #connected<T>(part: T | undefined): T {
    if (part === undefined) throw new Error('ConsultService: connect() comes first');
    return part;
  }
}
