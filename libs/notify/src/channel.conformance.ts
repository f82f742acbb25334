import { describe, expect, it } from 'vitest';
import type { Channel, ErrorClass, OutgoingMessage } from './ports.js';

/** What a provider behind a channel can be made to do. Each adapter's spec says how. */
export type ProviderMood = 'accepts' | Exclude<ErrorClass, 'UNKNOWN' | 'BUG'> | 'takes-it-and-hangs-up' | 'answers-too-late';

export interface ChannelBench {
  channel: Channel;
  /** Puts the provider into a mood for the next message. */
  mood(mood: ProviderMood): Promise<void> | void;
  /** Messages the provider took with this outId. */
  taken(outId: string): Promise<number> | number;
  /** A message that this provider would take, to a number of its own for each case. */
  message(outId: string): OutgoingMessage;
}

const allRefusals = ['TRANSIENT', 'RECIPIENT_LIMIT', 'RECIPIENT_PERM', 'ACCOUNT', 'TEMPLATE', 'CONTENT'] as const;
type Refusal = (typeof allRefusals)[number];

/**
 * The table every channel passes. Real adapters run it against the gateway simulator, in the vendor's wire format.
 * @param silentOn refusals this vendor has no word for when it takes a message (it tells them by a receipt, or never)
 */
export function channelConformance(name: string, bench: () => ChannelBench, silentOn: readonly Refusal[] = []): void {
  const refusals = allRefusals.filter((cls) => !silentOn.includes(cls));
  const never = new AbortController().signal;
  let count = 0;
  const nextId = () => `d${name.replace(/[^a-z]/g, '').slice(0, 4)}${Date.now().toString(36).slice(-5)}${(count += 1)}`;

  describe(`channel ${name}`, () => {
    it('hands over a message and names it', async () => {
      const { channel, mood, message, taken } = bench();
      await mood('accepts');
      const outId = nextId();
      const result = await channel.send(message(outId), never);
      expect(result).toMatchObject({ ok: true });
      expect(result.ok && result.providerId).not.toBe('');
      expect(await taken(outId)).toBe(1);
    });

    it.each(refusals)('says %s and does not throw, and nothing was sent', async (cls) => {
      const { channel, mood, message, taken } = bench();
      await mood(cls);
      const outId = nextId();
      const result = await channel.send(message(outId), never);
      expect(result).toMatchObject({ ok: false, cls });
      expect(await taken(outId)).toBe(0);
    });

    it.each(['takes-it-and-hangs-up', 'answers-too-late'] as const)('calls the outcome UNKNOWN when the provider %s', async (mood) => {
      const { channel, mood: put, message, taken } = bench();
      await put(mood);
      const outId = nextId();
      const result = await channel.send(message(outId), never);
      expect(result).toMatchObject({ ok: false, cls: 'UNKNOWN' });
      expect(await taken(outId)).toBe(1);
    });

    it('lets go when it is told to, without pretending to know', async () => {
      const { channel, mood, message } = bench();
      await mood('answers-too-late');
      const result = await channel.send(message(nextId()), AbortSignal.timeout(500));
      expect(result).toMatchObject({ ok: false, cls: 'UNKNOWN' });
    });

    it('shows no phone number and no text in what it says', async () => {
      const { channel, mood, message } = bench();
      for (const one of [...refusals, 'takes-it-and-hangs-up'] as ProviderMood[]) {
        await mood(one);
        const sent = message(nextId());
        const said = JSON.stringify(await channel.send(sent, never));
        expect(said).not.toContain(sent.to);
        expect(said).not.toContain(sent.template.text);
      }
    });

    it('finds a message by its outId, and says when there is none', async () => {
      const { channel, mood, message } = bench();
      // Who can't be asked must tell by itself what became of a message, or say that it never will.
      if (!channel.query) return expect(channel.inbound !== undefined || channel.listen !== undefined).toBe(channel.capabilities.receipts);
      await mood('accepts');
      const outId = nextId();
      const sent = message(outId);
      await channel.send(sent, never);
      const sentAt = Date.now();
      expect(await channel.query({ outId, to: sent.to, sentAt })).toMatchObject({ providerId: expect.stringMatching(/.+/) as string });
      expect(await channel.query({ outId: nextId(), to: sent.to, sentAt })).toBe('ABSENT');
    });
  });
}
