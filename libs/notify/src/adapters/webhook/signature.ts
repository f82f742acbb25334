import { createHmac } from 'node:crypto';

/**
 * Headers by which a receiver knows who speaks, when, and that it has heard it before (the scheme of standardwebhooks.com): the signature covers id,
 * time and body, so that none of them can be changed and a recorded request is too old tomorrow.
 * @param id the same for every try of a message
 * @param seconds epoch seconds
 */
export function signedHeaders(secret: string, id: string, seconds: number, body: string): Record<string, string> {
  const signature = createHmac('sha256', secret).update(`${id}.${seconds}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${signature}` };
}
