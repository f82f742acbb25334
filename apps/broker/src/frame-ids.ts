import { nationalCodec } from '#devices';
import type { CodecTools } from '#libs/contracts';

/**
 * Device ids a national frame speaks of, in its order: those its codec asks for. What lies in an encrypted envelope is known when
 * `openEnvelope` opens it.
 * @param receivedAt epoch ms
 */
export function idsInFrame(payload: Uint8Array, receivedAt = 0, tools: Pick<CodecTools, 'openEnvelope'> = {}): readonly string[] {
  const ids = new Set<string>();
  nationalCodec(payload, {
    deviceId: '',
    receivedAt,
    tools,
    source: (id) => {
      if (id !== '') ids.add(id);
      return { refused: 'foreign-device', detail: '' };
    },
  });
  return [...ids];
}
