import type { Server, Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { simulatorSmtp } from '#libs/contracts';
import type { Carrier } from '../frame/carrier.js';
import type { Fault, Faults, RefusalReason } from '../frame/faults.js';
import type { Later, Vendor } from '../frame/vendor.js';

export interface MailServerOptions {
  faults: Faults;
  carrier: Carrier;
  later: Later;
}

const PROVIDER = 'smtp';
const refusals: Readonly<Record<RefusalReason, readonly [code: number, text: string]>> = {
  number: [550, '5.1.1 No such user here'],
  limit: [452, '4.2.2 Mailbox full'],
  balance: [535, '5.7.8 Authentication failed'],
  template: [550, '5.7.1 Sender refused'],
  content: [554, '5.7.1 Message refused as spam'],
};

/** A mail server on a port of its own. What it answers is all it ever says: mail has no receipts. */
export class MailServer implements Vendor {
  readonly providers = [PROVIDER];
  readonly server: SMTPServer;
  /** What listens. */
  readonly listener: Server;
  readonly #options: MailServerOptions;
  readonly #sockets = new Set<Socket>();
  readonly #faults = new Map<string, Fault | undefined>();

  constructor(options: MailServerOptions) {
    this.#options = options;
    this.server = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      logger: false,
      closeTimeout: 100,
      onAuth: ({ username, password }, _, answer) =>
        username === simulatorSmtp.user && password === simulatorSmtp.password
          ? answer(null, { user: username })
          : answer(coded(535, '5.7.8 Authentication failed')),
      onRcptTo: ({ address }, session, answer) => {
        const fault = options.faults.take(PROVIDER, address);
        this.#faults.set(session.id, fault);
        if (fault?.kind === 'refuse' && fault.reason !== 'content') return answer(coded(...refusals[fault.reason]));
        if (fault?.kind === 'gateway-error') return answer(coded(451, '4.3.0 Try again later'));
        return answer(null);
      },
      onData: (stream, session, answer) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.once('end', () => {
          const [to] = session.envelope.rcptTo;
          void this.#taken(Buffer.concat(chunks), to?.address ?? '', session.id, answer);
        });
      },
      onClose: ({ id }) => this.#faults.delete(id),
    });
    // A client that goes away in the middle is its own business.
    this.server.on('error', () => undefined);
    this.listener = this.server.server;
    this.listener.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  async #taken(raw: Buffer, to: string, session: string, answer: (error?: Error | null, text?: string) => void): Promise<void> {
    const fault = this.#faults.get(session);
    if (fault?.kind === 'refuse') return answer(coded(...refusals[fault.reason]));
    const mail = readMail(raw.toString('utf8'));
    const draft = { to, sign: mail.from, templateCode: '', text: `${mail.subject}\n${mail.text}`, parts: 1 };
    const [taken] = await this.#options.carrier.take(
      [{ ...draft, outId: mail.messageId.split('@')[0] ?? '', bizId: mail.messageId, provider: PROVIDER, channel: 'email' }],
      fault ?? { kind: 'no-receipt' },
    );
    const ok = () => answer(null, `2.0.0 Ok: queued as ${taken?.id}`);
    if (fault?.kind === 'delay') this.#options.later(fault.ms, ok);
    else if (fault?.kind === 'accept-then-drop') for (const socket of this.#sockets) socket.destroy();
    else ok();
  }
}

const coded = (responseCode: number, text: string): Error => Object.assign(new Error(text), { responseCode });

interface Mail {
  from: string;
  subject: string;
  messageId: string;
  text: string;
}

/** As much of a mail as a person reads: one text part in base64, quoted-printable or plain; encoded words in the subject. */
export function readMail(raw: string): Mail {
  const end = raw.search(/\r?\n\r?\n/);
  const head = raw.slice(0, end).replace(/\r?\n[ \t]+/g, ' ');
  const header = (name: string) => new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
  const body = raw.slice(end).replace(/^(?:\r?\n){2}/, '');
  return {
    from: header('From'),
    subject: words(header('Subject')),
    messageId: header('Message-ID').replace(/[<>]/g, ''),
    text: decoded(body, header('Content-Transfer-Encoding')).trim(),
  };
}

const words = (text: string): string =>
  text
    .replace(/\?= =\?/g, '?==?')
    .replace(/=\?utf-8\?(b|q)\?([^?]*)\?=/gi, (_, how: string, letters: string) =>
      how.toLowerCase() === 'b' ? Buffer.from(letters, 'base64').toString('utf8') : quoted(letters.replaceAll('_', ' ')),
    );

function decoded(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  return encoding === 'quoted-printable' ? quoted(body.replace(/=\r?\n/g, '')) : body;
}

const quoted = (text: string): string =>
  Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');
