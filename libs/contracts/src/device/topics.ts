/** MQTT topics of the embedded broker (contract.md, MQTT; DZ/T 0450-2023 as reconstructed, docs/sources.md). */
export const topics = {
  nationalUp: '$dp',
  telemetry: 'v1/devices/me/telemetry',
  attributes: 'v1/devices/me/attributes',
  /** Text of a GNSS receiver: NMEA 0183 sentences or RTKLIB solutions. Ours. */
  gnss: 'v1/devices/me/gnss',
  /** Bytes a gateway read from its Beidou terminal. Ours. */
  beidou: 'v1/gateway/beidou',
  /** Messages of the TCP listeners on their way to ingest; no client may publish to them. */
  sl651: 'sl651',
  hj212: 'hj212',
  /** ThingsBoard gateway API: children by name. */
  gatewayTelemetry: 'v1/gateway/telemetry',
  gatewayAttributes: 'v1/gateway/attributes',
  gatewayConnect: 'v1/gateway/connect',
  gatewayDisconnect: 'v1/gateway/disconnect',
  /** Before the number of a client's request for attributes. */
  attributesRequest: 'v1/devices/me/attributes/request/',
  claim: 'v1/devices/me/claim',
  commandDown: (deviceId: string) => `$creq/${deviceId}/cmd`,
  commandReply: (deviceId: string) => `$crsp/${deviceId}/cmd`,
  rpcRequest: 'v1/devices/me/rpc/request/+',
  rpcRequestTo: (msgid: string) => `v1/devices/me/rpc/request/${msgid}`,
  /** Before the number of the request that is answered. */
  rpcResponse: 'v1/devices/me/rpc/response/',
} as const;

/** Topics a device may publish to; anything else closes the connection and is logged. */
export function mayPublish(deviceId: string, topic: string): boolean {
  return (
    upTopics.has(topic) || topic === topics.commandReply(deviceId) || isRpcResponse(topic) || isNumbered(topic, topics.attributesRequest)
  );
}

const upTopics: ReadonlySet<string> = new Set([
  topics.nationalUp,
  topics.telemetry,
  topics.attributes,
  topics.gnss,
  topics.beidou,
  topics.gatewayTelemetry,
  topics.gatewayAttributes,
  topics.gatewayConnect,
  topics.gatewayDisconnect,
  topics.claim,
]);

/** Topic filters a device may subscribe to. */
export function maySubscribe(deviceId: string, filter: string): boolean {
  return filter === topics.commandDown(deviceId) || filter === topics.rpcRequest || filter === topics.attributes;
}

/** `v1/devices/me/rpc/response/<number>`, and nothing below it. */
export const isRpcResponse = (topic: string): boolean => isNumbered(topic, topics.rpcResponse);

const isNumbered = (topic: string, before: string): boolean => topic.startsWith(before) && /^[\w-]{1,40}$/.test(topic.slice(before.length));
