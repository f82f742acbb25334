import { SECOND, toIso, type Clock } from '#libs/contracts';
import type { Channel, OutgoingMessage, SendResult } from '../../ports.js';
import { post } from '../http/post.js';
import { withoutAnswer } from '../http/status.js';
import { signedHeaders } from './signature.js';

export interface WebhookOptions {
  /** As in the settings; deliveries to it have the address `webhook:<id>`. */
  id: string;
  url: string;
  /** Shared with the receiver. */
  secret: string;
  /** Lets the address be one of the county's own network. */
  privateAddress: boolean;
  clock: Clock;
  timeoutMs?: number;
}

const TIMEOUT_MS = 5 * SECOND;

/**
 * Tells another system (a 12379 office, a county platform) by HTTP. Any answer 2xx is its receipt. A try that is repeated carries the same
 * `webhook-id`, by which the receiver takes it once.
 */
export class Webhook implements Channel {
  readonly channel = 'webhook';
  readonly name: string;
  readonly capabilities = { maxBatch: 1, receipts: false, replies: false, maxParts: 1, once: true } as const;
  readonly #options: WebhookOptions;

  constructor(options: WebhookOptions) {
    this.#options = options;
    this.name = `webhook:${options.id}`;
  }

  serves(address: string): boolean {
    return address === this.name;
  }

  async send({ outId, template, validitySeconds, about }: OutgoingMessage, signal: AbortSignal): Promise<SendResult> {
    const { url, secret, privateAddress, clock, timeoutMs = TIMEOUT_MS } = this.#options;
    const now = clock.now();
    const body = JSON.stringify({
      id: outId,
      type: about ? `warning.${about.kind}` : 'test',
      at: toIso(now),
      expiresAt: toIso(now + validitySeconds * SECOND),
      ...(about ? { level: about.level, exercise: about.exercise } : {}),
      text: template.text,
      template: template.code,
      params: template.params,
    });
    const outcome = await post({
      url,
      body,
      headers: { 'content-type': 'application/json;charset=utf-8', ...signedHeaders(secret, outId, Math.floor(now / SECOND), body) },
      signal,
      timeoutMs,
      publicOnly: !privateAddress,
    });
    return withoutAnswer('webhook', outcome) ?? { ok: true, providerId: outId, delivered: true };
  }
}
