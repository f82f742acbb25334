import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND, type Clock } from '#libs/contracts';
import { within } from '#libs/platform';
import { withSign } from '../../message/length.js';
import type { Channel, OutgoingMessage, ProviderNews, SendResult } from '../../ports.js';
import { decodeReport, type CmppBody } from './codec.js';
import { classifyResult } from './errors.js';
import { CmppSession, SignOnRefused, type CmppAccount, type Submitted } from './session.js';
import { validUntil } from './sign-on.js';
import { UCS2, fromContent, toParts, type TextPart } from './text.js';
import { PartTracker, newMessage } from './tracker.js';

export interface CmppSmsOptions extends CmppAccount {
  /** Access number shown to the phone, and where replies go (`Src_Id`). */
  from: string;
  /** `Service_Id`, as the carrier gave it. */
  serviceId: string;
  /** Sign in force, without brackets. CMPP gateways do not add it. */
  sign: () => string;
  clock: Clock;
  timeoutMs?: number;
}

/** Under the worker's own limit, so that this answer is the one that counts. */
const TIMEOUT_MS = 5 * SECOND;
/** Pause before signing on again: doubling, so that a gateway that is down is not hammered, and short enough that one that is back is used. */
const RECONNECT_FIRST_MS = 500;
const RECONNECT_MOST_MS = 30 * SECOND;

type Tell = (news: ProviderNews) => Promise<void>;

/**
 * SMS through a carrier's gateway by CMPP 2.0 or 3.0 over one standing connection (notify.md §3.1). Long texts go as joined parts. There is no
 * question to ask about a message: what became of it comes back over a connection, with replies. Where the answer to its submission was lost the report is
 * known by number and minute (`PartTracker`), and the message is sent again only when none has come (gate/policy.ts, `receiptWindowMs`).
 */
export class CmppSms implements Channel {
  readonly channel = 'sms';
  readonly name = 'cmpp';
  readonly capabilities = { maxBatch: 1, receipts: true, replies: true, maxParts: 10 };
  readonly #options: CmppSmsOptions;
  readonly #tracker: PartTracker;
  #session: Promise<CmppSession> | undefined;
  #tell: Tell | undefined;

  constructor(options: CmppSmsOptions) {
    this.#options = options;
    this.#tracker = new PartTracker(this.name, options.clock.now());
  }

  async send(message: OutgoingMessage, signal: AbortSignal): Promise<SendResult> {
    const timeout = within(signal, this.#options.timeoutMs ?? TIMEOUT_MS);
    const session = await this.#ready(timeout);
    if ('code' in session) return refusal(session.refused ? 'ACCOUNT' : 'TRANSIENT', session.code);
    const parts = toParts(withSign(this.#options.sign(), message.template.text), referenceOf(message.outId));
    const tracked = newMessage(message.outId, parts.length);
    const left = () => this.#tracker.left(tracked, message.to, this.#options.clock.now());
    const outcomes = await Promise.all(
      parts.map((part, index) => session.submit(this.#submit(message, part, index + 1, parts.length), timeout, left)),
    );
    return resultOf(outcomes);
  }

  /** Keeps the connection, also while nothing is sent: receipts and replies come when they like. */
  listen(tell: Tell): () => Promise<void> {
    this.#tell = tell;
    const stopping = new AbortController();
    const standing = this.#stand(stopping.signal);
    return async () => {
      stopping.abort();
      await (await this.#session?.catch(() => undefined))?.close();
      await standing;
      this.#tell = undefined;
    };
  }

  async #stand(signal: AbortSignal): Promise<void> {
    for (let wait = RECONNECT_FIRST_MS; !signal.aborted; wait = Math.min(wait * 2, RECONNECT_MOST_MS)) {
      try {
        const session = await this.#open();
        wait = RECONNECT_FIRST_MS / 2;
        if (!signal.aborted) await session.over;
      } catch {
        // Why it could not be reached is the answer of the next message; here it is only tried again.
      }
      await sleep(signal.aborted ? 0 : wait, undefined, { signal }).catch(() => undefined);
    }
  }

  /** The connection there is, or the one that is being made. */
  #open(): Promise<CmppSession> {
    this.#session ??= CmppSession.open(this.#options, (deliver) => this.#arrived(deliver), this.#options.clock).then(
      (session) => {
        void session.over.then(() => (this.#session = undefined));
        return session;
      },
      (error: unknown) => {
        this.#session = undefined;
        throw error;
      },
    );
    return this.#session;
  }

  async #ready(signal: AbortSignal): Promise<CmppSession | { code: string; refused: boolean }> {
    const tooLate = new Promise<'late'>((resolve) => signal.addEventListener('abort', () => resolve('late'), { once: true }));
    if (signal.aborted) return { code: 'aborted-before-send', refused: false };
    try {
      const session = await Promise.race([this.#open(), tooLate]);
      return session === 'late' ? { code: 'not-connected', refused: false } : session;
    } catch (error) {
      if (error instanceof SignOnRefused) return { code: error.code, refused: true };
      return { code: (error as NodeJS.ErrnoException).code ?? 'not-connected', refused: false };
    }
  }

  #submit(message: OutgoingMessage, { content, headed }: TextPart, part: number, partCount: number): CmppBody<'submit'> {
    const { source, from, serviceId, clock } = this.#options;
    return {
      msgId: '00'.repeat(8),
      partCount,
      part,
      registered: 1,
      level: 1,
      serviceId,
      feeUserType: 2,
      feeNumber: '',
      feeNumberType: 0,
      protocolId: 0,
      headed,
      format: UCS2,
      source,
      feeType: '01',
      feeCode: '000000',
      validUntil: validUntil(clock.now() + message.validitySeconds * SECOND),
      sendAt: '',
      from,
      toCount: 1,
      to: message.to.replace(/^(?:\+|00)?86(?=1)/, ''),
      toType: 0,
      content,
      reserved: '',
    };
  }

  async #arrived(deliver: CmppBody<'deliver'>): Promise<void> {
    const tell = this.#tell;
    // Nobody keeps it yet: unanswered, it comes again.
    if (!tell) throw new Error('nobody listens');
    const at = this.#options.clock.now();
    if (deliver.registered === 1) {
      const report = decodeReport(deliver.content, this.#options.version);
      if (!report) return;
      const { receipt, kept } = this.#tracker.reported(report, at);
      if (receipt) await tell({ receipts: [receipt], replies: [] });
      kept();
      return;
    }
    const content = fromContent(deliver.content, deliver.format, deliver.headed);
    const from = deliver.from.replace(/^(?:\+|00)?86(?=1)/, '');
    const reply = { provider: this.name, sequenceId: deliver.msgId, channel: 'sms' as const, from, content, at };
    await tell({ receipts: [], replies: [reply] });
  }
}

/** The worst of the parts is the message's: a text with a hole is no warning. */
function resultOf(outcomes: readonly Submitted[]): SendResult {
  const refused = outcomes.find((one) => one.kind === 'answered' && one.result !== 0);
  if (refused?.kind === 'answered') return refusal(classifyResult(refused.result), `result-${refused.result}`);
  const open = outcomes.find((one) => one.kind === 'unanswered');
  if (open?.kind === 'unanswered') return refusal('UNKNOWN', open.code);
  const unsent = outcomes.find((one) => one.kind === 'unsent');
  // Some parts left and others did not: the phone shows nothing, and sending all again shows it once.
  if (unsent?.kind === 'unsent') return refusal('TRANSIENT', unsent.code);
  const last = outcomes.at(-1);
  return { ok: true, providerId: last?.kind === 'answered' ? last.msgId : '' };
}

const refusal = (cls: Extract<SendResult, { ok: false }>['cls'], code: string): SendResult => ({
  ok: false,
  cls,
  code,
  message: `cmpp submit: ${code}`,
});

/** The reference in the header of joined parts: from the outId, so that a repeated try carries the same one and the phone sees one message. */
const referenceOf = (outId: string): number => createHash('md5').update(outId).digest().readUInt8(0);
