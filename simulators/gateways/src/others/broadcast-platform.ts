import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { simulatorBroadcast } from '#libs/contracts';
import type { Carrier } from '../frame/carrier.js';
import type { Faults, RefusalReason } from '../frame/faults.js';
import type { AcceptedMessage, MessageLog } from '../frame/message-log.js';
import type { Pushes } from '../frame/pushes.js';
import { carried, refusalOf, type RefusalWords } from '../frame/refusal.js';
import type { Registry } from '../frame/registry.js';
import { jsonOf } from '../frame/body.js';
import type { Vendor, WireAnswer, WireRequest } from '../frame/vendor.js';

export interface BroadcastPlatformOptions {
  log: MessageLog;
  registry: Registry;
  faults: Faults;
  carrier: Carrier;
  pushes: Pushes;
}

const PROVIDER = 'broadcast';
/** Horns of an area. */
const TERMINALS = 3;

const about = {
  ebmId: z.string().min(1).max(40),
  level: z.number().int().min(1).max(4),
  areaCodes: z.array(z.string().regex(/^\d{6,12}$/)).min(1),
  startAt: z.iso.datetime({ offset: true }),
  signature: z.string(),
};
const Play = z.object({
  ...about,
  msgType: z.literal('play'),
  text: z.string().max(500),
  repeat: z.number().int().min(1).max(10),
  volume: z.number().int().min(0).max(100),
  endAt: z.iso.datetime({ offset: true }),
});
const Stop = z.object({ ...about, msgType: z.literal('stop') });

/** A county's emergency-broadcast platform (notify.md §3.3): takes a message for its areas, and reports how each horn played it; stops one it has. */
export class BroadcastPlatform implements Vendor {
  readonly providers = [PROVIDER];
  readonly #options: BroadcastPlatformOptions;

  constructor(options: BroadcastPlatformOptions) {
    this.#options = options;
  }

  takes({ method, url }: WireRequest): boolean {
    return method === 'POST' && url.pathname === '/ebm/messages';
  }

  async answer({ body }: WireRequest): Promise<WireAnswer> {
    const { log, faults, carrier } = this.#options;
    const message = parse(body);
    if (!message) return refused(400, 'message-invalid');
    if (!isSigned(body)) return refused(401, 'signature-invalid');
    if (message.msgType === 'stop') return this.#stop(message);
    if (log.messages.some(({ provider, outId }) => provider === PROVIDER && outId === message.ebmId)) return taken();
    const fault = faults.take(PROVIDER, message.areaCodes[0] ?? '');
    const before = refusalOf(fault, words);
    if (before) return before;
    const { ebmId, areaCodes, text } = message;
    const draft = { to: `area:${areaCodes.join(',')}`, sign: '', templateCode: message.msgType, text, parts: 1 };
    await carrier.take([{ ...draft, outId: ebmId, bizId: ebmId, provider: PROVIDER, channel: 'broadcast' }], fault);
    return carried(taken(), fault);
  }

  /** Kept among the messages like any other, so that who looks sees that it was stopped; a stop has no receipt. */
  async #stop({ ebmId, areaCodes }: z.infer<typeof Stop>): Promise<WireAnswer> {
    const { log, carrier } = this.#options;
    const own = log.messages.filter(({ provider, bizId }) => provider === PROVIDER && bizId === ebmId);
    if (own.length === 0) return { status: 200, body: { accepted: false, code: 'message-unknown' } };
    const draft = { to: `area:${areaCodes.join(',')}`, sign: '', templateCode: 'stop', text: '', parts: 1 };
    if (!own.some(({ templateCode }) => templateCode === 'stop'))
      await carrier.take([{ ...draft, outId: `stop:${ebmId}`, bizId: ebmId, provider: PROVIDER, channel: 'broadcast' }], {
        kind: 'no-receipt',
      });
    return taken();
  }

  report({ bizId, receipt, receiptAt }: AcceptedMessage): void {
    const url = this.#options.registry.hookOf(PROVIDER);
    if (url === undefined) return;
    const status = receipt === 'DELIVERED' ? 'played' : 'failed';
    const playedAt = new Date(receiptAt).toISOString();
    const terminals = Array.from({ length: TERMINALS }, (_, index) => ({ terminalId: `horn-${index + 1}`, status, playedAt }));
    const report = { ebmId: bizId, terminals };
    const signature = createHmac('sha256', simulatorBroadcast.secret).update(JSON.stringify(report)).digest('hex');
    this.#options.pushes.send({
      url,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...report, signature }),
      accepted: (code) => code === 200,
    });
  }
}

const taken = (): WireAnswer => ({ status: 200, body: { accepted: true, terminals: TERMINALS } });
const refused = (status: number, code: string): WireAnswer => ({ status, body: { accepted: false, code } });
const codes: Readonly<Record<RefusalReason, string>> = {
  number: 'area-unknown',
  limit: 'area-busy',
  balance: 'account-suspended',
  template: 'template-unknown',
  content: 'text-refused',
};
const words: RefusalWords = {
  reason: (reason) => ({ status: 200, body: { accepted: false, code: codes[reason] } }),
  code: (code) => ({ status: 200, body: { accepted: false, code } }),
  gateway: () => refused(503, 'unavailable'),
};

function parse(body: Buffer): z.infer<typeof Play> | z.infer<typeof Stop> | undefined {
  return z.union([Play, Stop]).safeParse(jsonOf(body)).data;
}

/** The signature stands over the JSON as it was written, without the signature itself. */
function isSigned(body: Buffer): boolean {
  const { signature, ...signed } = jsonOf(body) as Record<string, unknown>;
  return signature === createHmac('sha256', simulatorBroadcast.secret).update(JSON.stringify(signed)).digest('hex');
}
