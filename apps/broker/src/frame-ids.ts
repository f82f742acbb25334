import { nationalCodec } from '#devices';

/** Device ids a national frame speaks of, in its order: those its codec asks for. What is in an encrypted envelope stays unknown. */
export function idsInFrame(payload: Uint8Array): readonly string[] {
  const ids = new Set<string>();
  nationalCodec(payload, {
    deviceId: '',
    source: (id) => {
      if (id !== '') ids.add(id);
      return { refused: 'foreign-device', detail: '' };
    },
  });
  return [...ids];
}
