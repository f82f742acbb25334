import { linkPassword, randomSecret, type DataKey, type LinkProtocol } from '#libs/platform';

/** Bytes of a device secret: high entropy is what lets a keyed hash be enough (design.md §5 Broker). */
const secretBytes = 32;

/** What a person is shown once. */
export interface ShownSecret {
  deviceId: string;
  secret: string;
  linkPasswords: Record<LinkProtocol, string>;
}

/** A secret nobody has had, with the short passwords made from its hash; only the hash is kept. */
export function newSecret(dataKey: Pick<DataKey, 'deviceSecretHash'>, deviceId: string): { secretHash: string; shown: ShownSecret } {
  const secret = randomSecret(secretBytes);
  const secretHash = dataKey.deviceSecretHash(secret);
  const linkPasswords = { sl651: linkPassword(secretHash, 'sl651'), hj212: linkPassword(secretHash, 'hj212') };
  return { secretHash, shown: { deviceId, secret, linkPasswords } };
}
