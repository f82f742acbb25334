import type { QueryInput, TaskView } from '#libs/contracts';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { useAskAgain, versionsOf } from '../live/useAskAgain.js';
import { useLive } from '../live/live.store.js';
import { useRemote } from '../station/useRemote.js';
import { newest } from './tasks.js';

type Wanted = Pick<Partial<QueryInput<'listTasks'>>, 'warning' | 'kind' | 'state'>;

/** Tasks of one warning or of one kind, as new as the wall tells them. Panels of one page that want the same ask once. */
export function useTasks(wanted: MaybeRefOrGetter<Wanted>) {
  const live = useLive();
  const remote = useRemote('listTasks', () => ({ query: { ...toValue(wanted), limit: 1000 } }), 30_000);
  const concerns = ({ warningId, kind }: TaskView): boolean => {
    const { warning = warningId, kind: one = kind } = toValue(wanted);
    return warning === warningId && one === kind;
  };
  const told = computed(() => [...live.picture.tasks.values()].filter(concerns));
  // An event says what a task is; what this user may do with it, only an answer.
  useAskAgain(() => versionsOf(told.value), remote.refetch);
  return {
    tasks: computed(() => newest(remote.data.value?.items ?? [], live.picture.tasks)),
    told,
    refetch: remote.refetch,
  };
}
