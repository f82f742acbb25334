import { z } from 'zod';

/**
 * What the station and the gateway simulator agree on. The simulator stands for the vendors, so it may not read our code:
 * sign and templates are registered with it over HTTP, as a county registers them with the vendor.
 */
export const GatewayRegistry = z.object({
  signs: z.array(z.string().min(2).max(20)).min(1),
  templates: z.array(z.object({ code: z.string().regex(/^SMS_\d{6,12}$/), text: z.string().min(1).max(500) })).min(1),
});
export type GatewayRegistry = z.infer<typeof GatewayRegistry>;

/** One answer of `GET /__outbox`: a message a simulated vendor took. `to` is E.164. */
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
