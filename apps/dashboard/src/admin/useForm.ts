import { ref } from 'vue';
import { newKey } from '../shared/api.js';
import { useText } from '../shared/useText.js';

/** A form that sends once: one key for one try, the problem in words, and whether it was saved. */
export function useForm<T>(send: (key: string) => Promise<T>, done: (answer: T) => void) {
  const { problem } = useText();
  const busy = ref(false);
  const error = ref('');
  const saved = ref(false);

  async function submit(): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    error.value = '';
    saved.value = false;
    try {
      done(await send(newKey()));
      saved.value = true;
    } catch (failure) {
      error.value = problem(failure);
    } finally {
      busy.value = false;
    }
  }
  return { busy, error, saved, submit };
}
