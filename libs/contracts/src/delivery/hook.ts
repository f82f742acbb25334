import { z } from 'zod';

/** An address or a range of addresses: `203.0.113.7`, `203.0.113.0/24`, `2001:db8::/32`. */
const AddressRange = z.string().refine(
  (text) => {
    const [address = '', bits, more] = text.split('/');
    if (more !== undefined) return false;
    const four = z.ipv4().safeParse(address).success;
    if (!four && !z.ipv6().safeParse(address).success) return false;
    return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (four ? 32 : 128));
  },
  { message: 'an address or a range, such as 203.0.113.7 or 203.0.113.0/24' },
);

/** Who may push receipts and replies to `/hooks/…`. The random part of the address is the first guard; this is the second. */
export const HookSettings = z.strictObject({
  /** Addresses of the providers; empty: from anywhere. Behind a proxy it is the proxy's address that is seen. */
  allow: z.array(AddressRange).max(200),
  /** Raised by one, every address changes: for one that has become known. The new ones have to be entered with the providers. */
  round: z.number().int().min(0).max(1_000_000),
});
export type HookSettings = z.infer<typeof HookSettings>;
export const defaultHooks: HookSettings = { allow: [], round: 0 };

/** Where a provider pushes to, as it is entered in its console. The path bears a secret: for administrators. */
export const HookView = z.object({
  driver: z.string(),
  path: z.string(),
  /** With `WANGSHAN_PUBLIC_URL`; absent without it. */
  url: z.string().optional(),
});
export type HookView = z.infer<typeof HookView>;
