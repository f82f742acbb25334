import {
  CIVIL_OFFSET,
  civilText,
  DeviceOrder,
  Problem,
  topics,
  type CommandCodec,
  type CommandWriting,
  type DeviceCatalogue,
  type DownlinkSettings,
  type RegisteredDevice,
} from '#libs/contracts';
import { gb2312 } from './gb2312.js';

/** `YYYY-MM-DD HH:mm:ss` as this device's profile reads a time without zone: Beijing time for most, UTC for some. */
export function civilTimeFor(device: Pick<RegisteredDevice, 'profile'>, catalogue: DeviceCatalogue, now: number): string {
  const local = catalogue.profile(device.profile)?.time.unmarked !== 'utc';
  return civilText(local ? now : now - CIVIL_OFFSET).slice(0, 19);
}

const writing = (settings: DownlinkSettings, civilTime: string): CommandWriting => ({
  intervalUnit: settings.intervalUnit,
  civilTime,
  gb2312,
});

/** @throws Problem invalid-request when the order can't be said on the wire (a minute and a half, a character no horn can speak) */
export function requireSayable(codec: CommandCodec, order: DeviceOrder, settings: DownlinkSettings): void {
  const said = codec.parameters(order, writing(settings, ''));
  if ('fault' in said) throw new Problem('invalid-request', `body.parameters.${said.fault}`);
}

/** Topic and bytes of a command in the language the device listens in. */
export function messageOf(
  codec: CommandCodec,
  { command, parameters, msgid }: { command: string; parameters: Record<string, unknown>; msgid: string },
  carrier: string,
  form: 'national' | 'rpc',
  settings: DownlinkSettings,
  civilTime: string,
): { topic: string; payload: Uint8Array } {
  const said = codec.parameters(DeviceOrder.parse({ command, parameters }), writing(settings, civilTime));
  if ('fault' in said) throw new Error(`command ${msgid} can't be written: ${said.fault}`);
  return form === 'rpc'
    ? { topic: topics.rpcRequestTo(msgid), payload: codec.rpc(command, said.parameters) }
    : { topic: topics.commandDown(carrier), payload: codec.national(command, said.parameters, msgid) };
}

/** Answer to a device that asks for the time at boot. */
export const timeAnswer = (
  codec: CommandCodec,
  deviceId: string,
  civilTime: string,
  msgid: string,
): { topic: string; payload: Uint8Array } => ({
  topic: topics.commandDown(deviceId),
  payload: codec.time(civilTime, msgid),
});
