import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { webcrypto, type webcrypto as WebCrypto } from 'node:crypto';
import { hostname, networkInterfaces } from 'node:os';
import path from 'node:path';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { DAY } from '#libs/contracts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
/** Browsers refuse server certificates that are valid for longer than 825 days. */
const SERVER_DAYS = 800;
const CA_DAYS = 3650;

export interface TlsFiles {
  cert: string;
  key: string;
}

/**
 * Server certificate of a self-made county CA, made once in `<folder>` (ca.crt, server.crt, server.key 0600): a camera, a
 * notification or an installed app needs a secure context even on an isolated network. Import ca.crt on the clients.
 */
export async function selfMadeCertificate(folder: string, hosts: readonly string[], now: number): Promise<TlsFiles> {
  const file = (name: string) => path.join(folder, name);
  if (!existsSync(file('server.crt'))) await makeCertificates(file, hosts, now);
  return { cert: readFileSync(file('server.crt'), 'utf8'), key: readFileSync(file('server.key'), 'utf8') };
}

/** Where the certificate of every TLS listener comes from. */
export interface CertificateSource {
  /** WANGSHAN_TLS_CERT and WANGSHAN_TLS_KEY; without both the self-made one in the data directory. */
  tlsCert: string | undefined;
  tlsKey: string | undefined;
  dataDir: string;
}

/**
 * The one certificate of HTTPS and MQTT over TLS.
 * @throws when a file that was named can't be read
 */
export async function serverCertificate({ tlsCert, tlsKey, dataDir }: CertificateSource, now: number): Promise<TlsFiles> {
  if (tlsCert && tlsKey) return { cert: readNamed(tlsCert, 'WANGSHAN_TLS_CERT'), key: readNamed(tlsKey, 'WANGSHAN_TLS_KEY') };
  return await selfMadeCertificate(path.join(dataDir, 'tls'), ownNames(), now);
}

/** CA of the devices' client certificates (WANGSHAN_TLS_CLIENT_CA), PEM. @throws when it can't be read */
export const clientCa = (file: string | undefined): string | undefined => file && readNamed(file, 'WANGSHAN_TLS_CLIENT_CA');

function readNamed(file: string, variable: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`${variable}: ${file} can't be read. Name a PEM file this user may read.`, { cause: error });
  }
}

/** Names and addresses a client on the same network may use for this machine. */
function ownNames(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).filter(({ family }) => family === 'IPv4').map(({ address }) => address),
  );
  return [...new Set(['localhost', hostname(), '127.0.0.1', ...addresses])];
}

async function makeCertificates(file: (name: string) => string, hosts: readonly string[], now: number): Promise<void> {
  x509.cryptoProvider.set(webcrypto);
  const caKeys = await makeKeys();
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=Wangshan county CA',
    notBefore: new Date(now - DAY),
    notAfter: new Date(now + CA_DAYS * DAY),
    keys: caKeys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  const keys = await makeKeys();
  const names = hosts.map((host) => ({ type: /^[\d.]+$|:/.test(host) ? ('ip' as const) : ('dns' as const), value: host }));
  const server = await x509.X509CertificateGenerator.create({
    serialNumber: '02',
    subject: 'CN=Wangshan station',
    issuer: ca.subject,
    notBefore: new Date(now - DAY),
    notAfter: new Date(now + SERVER_DAYS * DAY),
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension(names), new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth])],
  });
  mkdirSync(path.dirname(file('ca.crt')), { recursive: true, mode: 0o700 });
  const privateKey = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  writeFileSync(file('server.key'), `-----BEGIN PRIVATE KEY-----\n${privateKey.replace(/(.{64})/g, '$1\n')}\n-----END PRIVATE KEY-----\n`, {
    mode: 0o600,
  });
  writeFileSync(file('ca.crt'), ca.toString('pem'));
  writeFileSync(file('server.crt'), `${server.toString('pem')}\n${ca.toString('pem')}\n`);
}

const makeKeys = (): Promise<WebCrypto.CryptoKeyPair> => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
