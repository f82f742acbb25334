import type { RegisteredDevice, RegistryView } from '#libs/contracts';
import { sameHash, type DataKey } from '#libs/platform';
import type { CertificateProof } from './device-certificate.js';

/** What a device gives in CONNECT, and in the TLS handshake before it. */
export interface Credentials {
  clientId: string;
  username: string | undefined;
  password: string | undefined;
  certificate: CertificateProof;
}

export type RefusalReason =
  'no-credentials' | 'wrong-credentials' | 'wrong-client-id' | 'bad-certificate' | 'unknown-certificate' | 'wrong-certificate';

/** Who connects, under which client id the session runs; or why it does not, with the CONNACK code (MQTT 3.1.1 table 3.1). */
export type Authentication = { device: RegisteredDevice; clientId: string } | { refused: RefusalReason; returnCode: 2 | 4 | 5 };

const refused = (reason: RefusalReason, returnCode: 2 | 4 | 5) => ({ refused: reason, returnCode });

/**
 * Three ways in. National: username = client id = device id, password = secret. ThingsBoard's: the secret as username, no
 * password, any client id; the session then runs under `<device>/<client id>`, so that a free client id can't push another device
 * off (a second connection with the same client id takes over the first, MQTT-3.1.4-2). By certificate (ADR 14): its common name
 * is the device; everything else that is given must name the same device, and no password is needed.
 */
export function authenticate(given: Credentials, registry: RegistryView, dataKey: Pick<DataKey, 'deviceSecretHash'>): Authentication {
  if (given.certificate.kind === 'bad') return refused('bad-certificate', 5);
  if (given.certificate.kind === 'valid') return byCertificate(given.certificate.deviceId, given, registry, dataKey);
  const { clientId, username, password } = given;
  if (!username) return refused('no-credentials', 4);
  if (!password) {
    const device = registry.deviceBySecretHash(dataKey.deviceSecretHash(username));
    return device ? { device, clientId: `${device.deviceId}/${clientId}` } : refused('wrong-credentials', 5);
  }
  // The hash is made for an unknown device too: an answer must not come faster for ids that don't exist.
  const hash = dataKey.deviceSecretHash(password);
  const device = registry.device(username);
  if (!device || !sameHash(device.secretHash, hash)) return refused('wrong-credentials', 5);
  if (clientId !== device.deviceId) return refused('wrong-client-id', 2);
  return { device, clientId };
}

/** A valid certificate of one device never lets in another, whatever else is given. */
function byCertificate(
  deviceId: string,
  { clientId, username, password }: Credentials,
  registry: RegistryView,
  dataKey: Pick<DataKey, 'deviceSecretHash'>,
): Authentication {
  const device = registry.device(deviceId);
  if (!device) return refused('unknown-certificate', 5);
  if (username && !password && username !== deviceId) {
    if (!sameHash(device.secretHash, dataKey.deviceSecretHash(username))) return refused('wrong-certificate', 5);
    return { device, clientId: `${deviceId}/${clientId}` };
  }
  if (username && username !== deviceId) return refused('wrong-certificate', 5);
  return clientId === deviceId ? { device, clientId } : refused('wrong-client-id', 2);
}
