import type { AnswerOf, OperationId } from '#libs/contracts';
import { ref } from 'vue';
import { call, newKey, type Call } from './api.js';
import { tries } from './tries.js';
import { useText } from '../shared/useText.js';

/** What a form or a button sends: one thing at a time, under one key a try, and why it did not work in words. */
export function useSending() {
  const { problem } = useText();
  const keys = tries(newKey);
  const busy = ref(false);
  const error = ref('');

  /** True when it was carried out. While one is under way a second click sends nothing. @param done is given the station's answer */
  async function send<Id extends OperationId>(
    id: Id,
    request: Omit<Call<Id>, 'key'>,
    done: (answer: AnswerOf<Id>) => void = () => undefined,
  ): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    error.value = '';
    try {
      const answer = await call(id, { ...request, key: keys.keyFor([id, request]) });
      keys.ended();
      done(answer);
      return true;
    } catch (failure) {
      keys.ended(failure);
      error.value = problem(failure);
      return false;
    } finally {
      busy.value = false;
    }
  }
  return { busy, error, send };
}
