import type { AnswerOf, OperationId } from '#libs/contracts';
import { ref } from 'vue';
import type { Call } from '../station/api.js';
import { useSending } from '../station/useSending.js';

/** A form that stays on the page: sends what `read` makes of its fields, and says that it was saved. */
export function useForm<Id extends OperationId>(id: Id, read: () => Omit<Call<Id>, 'key'>, done: (answer: AnswerOf<Id>) => void) {
  const { busy, error, send } = useSending();
  const saved = ref(false);

  async function submit(): Promise<void> {
    if (busy.value) return;
    saved.value = false;
    saved.value = await send(id, read(), done);
  }
  return { busy, error, saved, submit };
}
