import type { SealedEnvelope } from '#libs/contracts';

/** Base64 of the largest payload a device may send, 1 MiB. */
const MAX_BODY = 1_500_000;

/**
 * The parts of `{"header":{"appId":…},"bodies":{"body":"<base64>"}}` as written (domain glossary, encrypted envelope). The
 * field knows two names each for signature and timestamp, and numbers where texts are expected.
 */
export function sealedEnvelope(header: Record<string, unknown>, bodies: Record<string, unknown>): SealedEnvelope | { fault: string } {
  const text = (...names: string[]): string | undefined => {
    for (const name of names) {
      const raw = Object.hasOwn(header, name) ? header[name] : undefined;
      if (typeof raw === 'number' || (typeof raw === 'string' && raw !== '')) return String(raw).slice(0, 256);
    }
    return undefined;
  };
  const appId = text('appId');
  const body = bodies['body'];
  if (appId === undefined || !/^[\w.-]{1,64}$/.test(appId)) return { fault: 'encrypted envelope without an appId of letters and digits' };
  if (typeof body !== 'string' || body.length > MAX_BODY || !/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(body))
    return { fault: `encrypted envelope of application ${appId}: bodies.body is no base64` };
  return {
    appId,
    body,
    algorithm: text('algorithm'),
    timestamp: text('timestamp', 'ts'),
    nonce: text('nonce'),
    signature: text('signature', 'sign'),
  };
}
