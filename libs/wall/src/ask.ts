import { Problem } from '#libs/contracts';
import { z } from 'zod';

type Answer = (answer: { ok: true } | { ok: false; code: string; detail: string }) => void;

/**
 * Serves one message of a client and answers it: `{ok}`, or why not. What fails for a reason of ours is `not-ready`, so that the client asks again.
 * @param ack      the client's callback; whatever else stands in its place is no answer wanted
 * @param takes    what the message has to look like, for who spelled it wrong
 */
export async function answer(ack: unknown, takes: string, serve: () => void | Promise<void>): Promise<void> {
  const say: Answer = typeof ack === 'function' ? (ack as Answer) : () => undefined;
  try {
    await serve();
    say({ ok: true });
  } catch (error) {
    if (error instanceof Problem) say({ ok: false, code: error.code, detail: error.detail });
    else if (error instanceof z.ZodError) say({ ok: false, code: 'invalid-request', detail: takes });
    else say({ ok: false, code: 'not-ready', detail: 'It could not be kept just now; say it again' });
  }
}
