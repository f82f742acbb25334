import type { RegistryView } from '#libs/contracts';
import { sameHash, type DataKey } from '#libs/platform';

/** What a device gives in CONNECT. */
export interface Credentials {
  clientId: string;
  username: string | undefined;
  password: string | undefined;
}

export type RefusalReason = 'no-credentials' | 'wrong-credentials' | 'wrong-client-id';

/** Who connects, under which client id the session runs; or why it does not, with the CONNACK code (MQTT 3.1.1 table 3.1). */
export type Authentication = { deviceId: string; clientId: string } | { refused: RefusalReason; returnCode: 2 | 4 | 5 };

/**
 * Two ways in (contract.md, MQTT). National: username = client id = device id, password = secret. ThingsBoard's: the secret as
 * username, no password, any client id; the session then runs under `<device>/<client id>`, so that a free client id can't
 * push another device off (a second connection with the same client id takes over the first, MQTT-3.1.4-2).
 */
export function authenticate(given: Credentials, registry: RegistryView, dataKey: Pick<DataKey, 'deviceSecretHash'>): Authentication {
  const { clientId, username, password } = given;
  if (!username) return { refused: 'no-credentials', returnCode: 4 };
  if (!password) {
    const device = registry.deviceBySecretHash(dataKey.deviceSecretHash(username));
    return device
      ? { deviceId: device.deviceId, clientId: `${device.deviceId}/${clientId}` }
      : { refused: 'wrong-credentials', returnCode: 5 };
  }
  // The hash is made for an unknown device too: an answer must not come faster for ids that don't exist.
  const hash = dataKey.deviceSecretHash(password);
  const device = registry.device(username);
  if (!device || !sameHash(device.secretHash, hash)) return { refused: 'wrong-credentials', returnCode: 5 };
  if (clientId !== device.deviceId) return { refused: 'wrong-client-id', returnCode: 2 };
  return { deviceId: device.deviceId, clientId };
}
