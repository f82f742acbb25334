import type { Codec } from '#libs/contracts';
import { Decoding } from '../decoding.js';
import { decodeAlarm, type PackedAlarm } from './alarm.js';
import { splitBeidou } from './frames.js';

/**
 * Reads `v1/gateway/beidou`: the bytes a gateway read from its Beidou terminal. Each message holds one packed alarm of a
 * device behind the satellite, registered with the gateway as `parent`; its id is its number.
 */
export const beidouCodec: Codec = (payload, context) => {
  const into = new Decoding(context);
  for (const frame of splitBeidou(payload)) {
    if ('fault' in frame) into.fault('unreadable-frame', frame.fault);
    else if (frame.kind === 'message') {
      const alarm = decodeAlarm(frame.content);
      if ('fault' in alarm) into.fault('unknown-shape', `message of card ${frame.from}: ${alarm.fault}`);
      else readAlarm(alarm, into);
    } else into.fact(context.deviceId, 'beidou', frame.kind === 'terminal' ? 'state' : feedback(frame));
  }
  return into.result();
};

const feedback = ({ failure, detail }: { failure: number | undefined; detail: string }): string =>
  failure === undefined ? 'sent' : `not sent: ${detail} (${failure})`;

/** A device that lost its clock says 1970; such a time is no time of a measurement. */
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);

function readAlarm({ device, time, code, values, battery }: PackedAlarm, into: Decoding): void {
  const deviceId = String(device);
  const profile = into.profile(deviceId);
  if (!profile) return;
  if (time < EARLIEST_MS || time >= LATEST_MS) {
    into.fault('bad-time', `${code} of ${deviceId}: ${new Date(time).toISOString()}`);
    return;
  }
  const read = (channel: string, value: number): void => {
    const field = profile.field(channel);
    if (field) into.computed(deviceId, channel, field, time, value, []);
    else into.fault('unknown-code', `${channel} is no channel of profile ${profile.id}`);
  };
  for (const [name, value] of Object.entries(values)) read(name === 'value' ? code : `${code}.${name}`, value);
  if (battery !== undefined) read('S1_ZT_1.battery_dump_energy', battery);
}
