import { z } from 'zod';
import { IsoTime } from './time/time.js';

/**
 * What the auditor of the delivery looks for every ten seconds (notify.md §5.6). `red-waiting`: a red message nobody takes. `no-next-step`: nothing
 * will happen to it within a minute. `lease-over`: a worker holds it and is gone. `overdue`: open a minute after its deadline. `no-receipts`:
 * a provider takes messages and reports on none. `call-out-stopped`: nobody is called again.
 */
export const deliveryFaults = ['red-waiting', 'no-next-step', 'lease-over', 'overdue', 'no-receipts', 'call-out-stopped'] as const;
export const DeliveryFaultKind = z.enum(deliveryFaults);
export type DeliveryFaultKind = z.infer<typeof DeliveryFaultKind>;

export const DeliveryFault = z.object({ kind: DeliveryFaultKind, warning: z.string(), count: z.number().int() });
export type DeliveryFault = z.infer<typeof DeliveryFault>;

/** Answer of `GET /system/heartbeat`. `alive` false: the station runs, but can't prove that what was released goes out. */
export const Heartbeat = z.object({
  alive: z.boolean(),
  /** When everything was proved last; null since the start: never. */
  at: IsoTime.nullable(),
  ageSeconds: z.number().nullable(),
  faults: z.array(DeliveryFault),
});
export type Heartbeat = z.infer<typeof Heartbeat>;
