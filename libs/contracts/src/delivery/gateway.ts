import { z } from 'zod';

/**
 * What the station and the gateway simulator agree on. The simulator stands for the vendors, so it may not read our code:
 * sign and templates are registered with it over HTTP, as a county registers them with the vendor.
 */
export const GatewayRegistry = z.object({
  signs: z.array(z.string().min(2).max(20)).min(1),
  /** `SMS_…` of messages, `TTS_…` of calls. */
  templates: z.array(z.object({ code: z.string().regex(/^(SMS|TTS)_\d{6,12}$/), text: z.string().min(1).max(500) })).min(1),
});
export type GatewayRegistry = z.infer<typeof GatewayRegistry>;

/** Where each provider pushes receipts and replies, by its name. A county enters the same in the vendor's console. */
export const GatewayHooks = z.record(z.string().min(1).max(40), z.url());
export type GatewayHooks = z.infer<typeof GatewayHooks>;

/** One answer of `GET /__outbox`: a message a simulated vendor took, or a call. `to` is E.164. */
export const GatewayMessage = z.object({
  id: z.string(),
  to: z.string(),
  text: z.string(),
  parts: z.number().int(),
  outId: z.string(),
  provider: z.string(),
  channel: z.string(),
  at: z.string(),
});
export type GatewayMessage = z.infer<typeof GatewayMessage>;

/** Access key of the simulated vendor account. No secret: it opens nothing but the simulator on this machine. */
export const simulatorAccount = { accessKeyId: 'wangshan-simulator', accessKeySecret: 'not-a-secret-simulator-only' } as const;
/** The same for the simulated Twilio account. */
export const simulatorTwilio = {
  accountSid: `AC${'0'.repeat(32)}`,
  authToken: 'not-a-secret-simulator-only',
  from: '+15005550006',
} as const;
