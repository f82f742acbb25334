/**
 * A signal that is given when `signal` is, or after `ms`. Not `AbortSignal.any([signal, AbortSignal.timeout(ms)])`: Node 20 holds the signals that one is
 * made of weakly, and after a garbage collection neither is ever heard again: a request without an answer would then wait for ever.
 */
export function within(signal: AbortSignal, ms: number): AbortSignal {
  const limit = new AbortController();
  const give = (): void => limit.abort();
  setTimeout(give, ms).unref();
  // Let go of with the limit, so that a signal of the whole process does not collect a listener a request.
  if (signal.aborted) give();
  else signal.addEventListener('abort', give, { once: true, signal: limit.signal });
  return limit.signal;
}
