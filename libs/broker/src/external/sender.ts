import { topics, type RegistryView } from '#libs/contracts';

/** MQTT 5 user property in which a broker or bridge that knows the client may say who it is. */
export const SENDER_PROPERTY = 'device';

export interface Arrived {
  topic: string;
  payload: Uint8Array;
  /** Value of the user property `device`, when there is one. */
  property: string | undefined;
}

/** Who sent a message, and the topic under which ingest reads it (that of the embedded broker). */
export interface Sender {
  deviceId: string;
  topic: string;
}

export interface SenderNeeds {
  registry: Pick<RegistryView, 'device'>;
  /** Device ids a national frame speaks of, in its order. Never throws. */
  idsIn(payload: Uint8Array): readonly string[];
}

/** What nobody is called: an unread frame is quarantined under it. */
export const NOBODY = 'unknown';

/** What the station reads; `+` is one device. */
const jsonFilters = ['v1/devices/+/telemetry', 'v1/devices/+/attributes'];
const nationalFilters = [topics.nationalUp, `${topics.nationalUp}/+`, topics.commandReply('+')];

/**
 * Filters to subscribe to. JSON topics are shared. Topics that begin with `$` only on request: Mosquitto grants a shared
 * subscription to them and then delivers nothing, which would be every national device silent (ADR 15).
 */
export function filtersOf(group: string, sharesAll: boolean): string[] {
  const shared = (filter: string): string => `$share/${group}/${filter}`;
  return [...jsonFilters.map(shared), ...(sharesAll ? nationalFilters.map(shared) : nationalFilters)];
}

/**
 * The client id of a publisher does not reach a subscriber, so identity is in the topic, in a user property, or, for `$dp`, in
 * the frame alone (ADR 15). Undefined: no topic of ours.
 */
export function senderOf({ topic, payload, property }: Arrived, needs: SenderNeeds): Sender | undefined {
  if (topic === topics.nationalUp)
    return { deviceId: property ?? speakerOf(needs.idsIn(payload), needs.registry), topic: topics.nationalUp };
  const national = /^\$dp\/([^/]+)$/.exec(topic)?.[1];
  if (national !== undefined) return { deviceId: national, topic: topics.nationalUp };
  const [, id, kind] = /^v1\/devices\/([^/]+)\/(telemetry|attributes)$/.exec(topic) ?? [];
  // `me` is nobody without a user property: the embedded broker's topic, brought here by a bridge.
  const deviceId = id === 'me' ? (property ?? NOBODY) : id;
  if (deviceId !== undefined) return { deviceId, topic: kind === 'attributes' ? topics.attributes : topics.telemetry };
  const answering = /^\$crsp\/([^/]+)\/cmd$/.exec(topic)?.[1];
  return answering === undefined ? undefined : { deviceId: answering, topic };
}

/** Who speaks in a frame: the registered device that is the parent of the other registered ones, else the first registered one. */
function speakerOf(ids: readonly string[], registry: SenderNeeds['registry']): string {
  const known = ids.filter((id) => registry.device(id));
  const parent = known.find((id) => known.every((other) => other === id || registry.device(other)?.parent === id));
  return parent ?? known[0] ?? ids[0]?.slice(0, 64) ?? NOBODY;
}
