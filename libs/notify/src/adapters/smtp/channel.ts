import { createTransport } from 'nodemailer';
import { SECOND } from '#libs/contracts';
import { within } from '#libs/platform';
import type { Channel, OutgoingMessage, SendResult } from '../../ports.js';
import { messageTitle } from '../../message/words.js';
import { refusal } from '../http/status.js';
import { classify, failureOf } from './errors.js';

export interface SmtpOptions {
  host: string;
  port: number;
  /** `tls`: from the first byte (465). `starttls`: required before anything is said (587). `none`: a relay of the county's own network. */
  security: 'tls' | 'starttls' | 'none';
  user: string;
  password: string;
  /** Sender address. */
  from: string;
  timeoutMs?: number;
}

const TIMEOUT_MS = 5 * SECOND;

/**
 * Mail. The server's 250 is all that is ever known: it informs, and nobody counts as reached by it. The `Message-ID` is made of the outId, so
 * that a mail sent twice shows once in most mailboxes.
 */
export class Smtp implements Channel {
  readonly channel = 'email';
  readonly name = 'smtp';
  readonly capabilities = { maxBatch: 1, receipts: false, replies: false, maxParts: 1 };
  readonly #options: SmtpOptions;

  constructor(options: SmtpOptions) {
    this.#options = options;
  }

  async send({ outId, to, template, about, validitySeconds }: OutgoingMessage, signal: AbortSignal): Promise<SendResult> {
    const { host, port, security, user, password, from, timeoutMs = TIMEOUT_MS } = this.#options;
    if (signal.aborted) return refusal(this.name, 'TRANSIENT', 'aborted-before-send');
    const transport = createTransport({
      host,
      port,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      ...(user === '' ? {} : { auth: { user, pass: password } }),
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
      // A text never names a file or an address to be fetched.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const limit = within(signal, timeoutMs);
    const sending = transport.sendMail({
      from,
      to,
      messageId: `<${outId}@${from.split('@').at(-1) ?? host}>`,
      subject: messageTitle(about),
      text: template.text,
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Expires-In': String(validitySeconds) },
      ...(about?.level === 'red' || about?.level === 'orange' ? { priority: 'high' as const } : {}),
    });
    const tooLate = new Promise<'late'>((resolve) => limit.addEventListener('abort', () => resolve('late'), { once: true }));
    try {
      const outcome = await Promise.race([sending, tooLate]);
      if (outcome !== 'late') return { ok: true, providerId: outId, delivered: true };
      // It goes on behind, and may still be taken.
      sending.catch(() => undefined);
      return refusal(this.name, 'UNKNOWN', 'no-answer');
    } catch (error) {
      const failure = failureOf(error);
      return refusal(this.name, classify(failure), failure.responseCode === undefined ? failure.code : `smtp-${failure.responseCode}`);
    } finally {
      transport.close();
    }
  }
}
