import type { AnswerOf, OperationId, ParamsOf, QueryInput } from '#libs/contracts';
import { useQuery } from '@tanstack/vue-query';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { call } from './api.js';

interface RemoteOptions<Id extends OperationId> {
  params?: ParamsOf<Id>;
  query?: Partial<QueryInput<Id>>;
}

/** An answer of the station that is fetched, kept and refreshed. Key: operation, parameters, query. */
export function useRemote<Id extends OperationId>(
  id: Id,
  options: MaybeRefOrGetter<RemoteOptions<Id>> = {},
  refetchMs: number | false = false,
) {
  const key = computed(() => [id, toValue(options)] as const);
  return useQuery({
    queryKey: key,
    queryFn: (): Promise<AnswerOf<Id>> => call(id, toValue(options)),
    refetchInterval: refetchMs,
  });
}
