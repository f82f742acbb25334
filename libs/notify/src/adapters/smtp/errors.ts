import type { ErrorClass } from '../../ports.js';

/** What nodemailer throws, without its message: that carries addresses. */
interface MailFailure {
  code: string;
  /** The server's reply, e.g. 550. */
  responseCode?: number;
  /** SMTP command under way, where the server answered. */
  command?: string;
  /** The server was never reached, so that nothing can have been handed over. */
  unreached?: boolean;
}

export function failureOf(thrown: unknown): MailFailure {
  const field = (name: string): unknown => (typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, name) : undefined);
  const code = field('code');
  const responseCode = field('responseCode');
  const command = field('command');
  // The library calls every broken line `CONN`, also one that broke after the mail had been handed over: only these are surely before.
  const early = /^(?:Connection timeout|Greeting never received)/.test(String(field('message')));
  return {
    code: typeof code === 'string' ? code : 'unknown',
    ...(typeof responseCode === 'number' ? { responseCode } : {}),
    ...(typeof command === 'string' ? { command } : {}),
    ...(early || code === 'EDNS' || field('syscall') === 'connect' ? { unreached: true } : {}),
  };
}

/** Class of a failure by what the server said, and at which point (RFC 5321 §4.2; RFC 3463). */
export function classify({ code, responseCode, command, unreached }: MailFailure): ErrorClass {
  if (responseCode === undefined) return unreached ? 'TRANSIENT' : 'UNKNOWN';
  if (responseCode === 530 || responseCode === 534 || responseCode === 535 || responseCode === 538) return 'ACCOUNT';
  // 421 closes the channel: after DATA the mail may have been queued before.
  if (responseCode === 421 && /^DATA/i.test(command ?? '')) return 'UNKNOWN';
  if (code === 'EMESSAGE' || /^DATA/i.test(command ?? '')) return responseCode >= 500 ? 'CONTENT' : 'TRANSIENT';
  if (responseCode === 452 || responseCode === 552) return 'RECIPIENT_LIMIT';
  if (responseCode < 500) return 'TRANSIENT';
  return code === 'EENVELOPE' ? 'RECIPIENT_PERM' : 'ACCOUNT';
}
