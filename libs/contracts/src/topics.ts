/** MQTT topics of the embedded broker (contract.md, MQTT; DZ/T 0450-2023 as reconstructed in docs/glossary.md). */
export const topics = {
  nationalUp: '$dp',
  telemetry: 'v1/devices/me/telemetry',
  attributes: 'v1/devices/me/attributes',
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
    topic === topics.nationalUp ||
    topic === topics.telemetry ||
    topic === topics.attributes ||
    topic === topics.commandReply(deviceId) ||
    isRpcResponse(topic)
  );
}

/** Topic filters a device may subscribe to. */
export function maySubscribe(deviceId: string, filter: string): boolean {
  return filter === topics.commandDown(deviceId) || filter === topics.rpcRequest || filter === topics.attributes;
}

/** `v1/devices/me/rpc/response/<number>`, and nothing below it. */
export const isRpcResponse = (topic: string): boolean =>
  topic.startsWith(topics.rpcResponse) && /^[\w-]{1,40}$/.test(topic.slice(topics.rpcResponse.length));
