import { ApiError } from './api.js';

/**
 * Keys of one form's tries. A try that was answered is over: the next one is another act. One without a clear answer may have acted
 * all the same (a warning may be out): the same request again goes under the same key, so that the station gives the first answer
 * instead of acting twice. A changed request is another act, and gets a key of its own.
 */
export function tries(newKey: () => string) {
  let unanswered: { what: string; key: string } | undefined;
  return {
    keyFor(request: unknown): string {
      const what = JSON.stringify(request);
      if (unanswered?.what !== what) unanswered = { what, key: newKey() };
      return unanswered.key;
    },
    /** @param failure why the try failed; nothing when it was carried out */
    ended(failure?: unknown): void {
      const refused = failure instanceof ApiError && failure.status >= 400 && failure.status < 500;
      if (failure === undefined || refused) unanswered = undefined;
    },
  };
}
