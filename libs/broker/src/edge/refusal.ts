import type { AuthenticateError } from 'aedes';

/**
 * An answer of CONNECT other than "accepted". Aedes declares its codes as an ambient const enum, which isolated modules can't name.
 * @param returnCode as MQTT 3.1.1 §3.2.2.3 numbers it: 2 identifier, 3 server unavailable, 4 bad credentials, 5 not authorised
 */
export function refusal(reason: string, returnCode: 2 | 3 | 4 | 5): AuthenticateError {
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the CONNACK code as MQTT 3.1.1 §3.2.2.3 numbers it
  return Object.assign(new Error(`refused: ${reason}`), { returnCode });
}
