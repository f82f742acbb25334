import { computed } from 'vue';
import { useRemote } from '../station/useRemote.js';
import { useText } from './useText.js';

/** What an instrument's profile is called. The catalogue's titles are Chinese; in English the profile's id says the same. */
export function useProfileName(): (profile: string) => string {
  const { locale } = useText();
  const list = useRemote('listDeviceProfiles', { query: { limit: 1000 } });
  const titles = computed(() => new Map(list.data.value?.items.map(({ id, title }) => [id, title])));
  return (profile) => (locale.value === 'zh' ? titles.value.get(profile) : undefined) ?? profile;
}
