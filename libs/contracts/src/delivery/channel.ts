/**
 * A channel is `<sensor code>.<field>`; for every sensor `X.value` ≡ `X`, and answers always use `X`
 * (contract.md, MQTT). Channels are relative to a device: `L1_GP_1.gpsTotalX` of device 17165802.
 */
export function channelName(sensor: string, field = 'value'): string {
  return field === 'value' ? sensor : `${sensor}.${field}`;
}

/** Canonical form of a channel given by a person or a device. */
export function canonicalChannel(channel: string): string {
  return channel.endsWith('.value') ? channel.slice(0, -'.value'.length) : channel;
}

/** The two halves of a channel; the field is `value` where none is written. */
export function splitChannel(channel: string): { sensor: string; field: string } {
  const dot = channel.indexOf('.');
  return dot < 0 ? { sensor: channel, field: 'value' } : { sensor: channel.slice(0, dot), field: channel.slice(dot + 1) };
}
