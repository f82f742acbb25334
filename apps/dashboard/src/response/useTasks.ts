import type { TaskAction, TaskView } from '#libs/contracts';
import { computed, ref, type Ref } from 'vue';
import { useLive } from '../live/live.store.js';
import { useAskAgain, versionsOf } from '../live/useAskAgain.js';
import { useRemote } from '../station/useRemote.js';
import { newest } from './tasks.js';

/** Tasks of one warning, as new as the wall tells them, and the one whose action is being asked about. Panels of one page ask once. */
export function useTasks(warning: Ref<string>) {
  const live = useLive();
  const remote = useRemote('listTasks', () => ({ query: { warning: warning.value, limit: 1000 } }), 30_000);
  const told = computed(() => [...live.picture.tasks.values()].filter(({ warningId }) => warningId === warning.value));
  const acting = ref<{ task: TaskView; action: TaskAction } | null>(null);
  // An event says what a task is; what this user may do with it, only an answer.
  useAskAgain(() => versionsOf(told.value), remote.refetch);
  return {
    tasks: computed(() => newest(remote.data.value?.items ?? [], live.picture.tasks)),
    told,
    acting,
    refetch: remote.refetch,
  };
}
