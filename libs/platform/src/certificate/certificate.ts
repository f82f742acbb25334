import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createPrivateKey, webcrypto, X509Certificate, type webcrypto as WebCrypto } from 'node:crypto';
import { hostname, networkInterfaces } from 'node:os';
import path from 'node:path';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { DAY } from '#libs/contracts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
/** Browsers refuse server certificates that are valid for longer than 825 days. */
const SERVER_DAYS = 800;
const CA_DAYS = 3650;
/** A self-made one with less left is renewed at a start. Less: a station that runs for months on end misses its turn; more: for nothing. */
const RENEW_DAYS = 90;

export interface TlsFiles {
  cert: string;
  key: string;
}

/**
 * Server certificate of a self-made county CA, made in `<folder>` (ca.crt, ca.key 0600, server.crt, server.key 0600): a camera, a
 * notification or an installed app needs a secure context even on an isolated network. Import ca.crt on the clients. Near its end the server's is
 * made again by the same CA, so that nobody has to import anything; only without its key (made by an earlier release), or near the CA's own end,
 * a new CA is made, and as late as can be: every client that trusts the old one is shut out by it.
 */
export async function selfMadeCertificate(folder: string, hosts: readonly string[], now: number): Promise<TlsFiles> {
  const file = (name: string) => path.join(folder, name);
  await renewIfDue(file, hosts, now);
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

type InFolder = (name: string) => string;

async function renewIfDue(file: InFolder, hosts: readonly string[], now: number): Promise<void> {
  x509.cryptoProvider.set(webcrypto);
  mkdirSync(path.dirname(file('ca.crt')), { recursive: true, mode: 0o700 });
  const left = daysLeft(file('server.crt'), file('server.key'), now);
  if (left >= RENEW_DAYS) return;
  const ca = daysLeft(file('ca.crt'), file('ca.key'), now) >= RENEW_DAYS ? await readCa(file) : undefined;
  if (ca) await makeServer(file, hosts, now, ca);
  else if (left <= 0) await makeServer(file, hosts, now, await makeCa(file, now));
}

/** Days until a certificate ends; 0 when it has ended, or it is not there, or its key is not. */
function daysLeft(certFile: string, keyFile: string, now: number): number {
  if (!existsSync(certFile) || !existsSync(keyFile)) return 0;
  const certificate = new X509Certificate(readFileSync(certFile));
  // Written half: the next start makes both again.
  if (!certificate.checkPrivateKey(createPrivateKey(readFileSync(keyFile)))) return 0;
  return Math.max(0, (Date.parse(certificate.validTo) - now) / DAY);
}

interface Ca {
  certificate: x509.X509Certificate;
  key: WebCrypto.CryptoKey;
}

async function readCa(file: InFolder): Promise<Ca> {
  const pkcs8 = createPrivateKey(readFileSync(file('ca.key'))).export({ type: 'pkcs8', format: 'der' });
  const key = await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
  return { certificate: new x509.X509Certificate(readFileSync(file('ca.crt'), 'utf8')), key };
}

async function makeCa(file: InFolder, now: number): Promise<Ca> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=Wangshan county CA',
    notBefore: new Date(now - DAY),
    notAfter: new Date(now + CA_DAYS * DAY),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  await writeKey(file('ca.key'), keys.privateKey);
  writeFileSync(file('ca.crt'), certificate.toString('pem'));
  return { certificate, key: keys.privateKey };
}

async function makeServer(file: InFolder, hosts: readonly string[], now: number, ca: Ca): Promise<void> {
  const keys = await makeKeys();
  const names = hosts.map((host) => ({ type: /^[\d.]+$|:/.test(host) ? ('ip' as const) : ('dns' as const), value: host }));
  const server = await x509.X509CertificateGenerator.create({
    // Browsers refuse two certificates of one CA with the same number.
    serialNumber: `02${Math.trunc(now).toString(16).padStart(12, '0')}`,
    subject: 'CN=Wangshan station',
    issuer: ca.certificate.subject,
    notBefore: new Date(now - DAY),
    notAfter: new Date(Math.min(now + SERVER_DAYS * DAY, ca.certificate.notAfter.getTime())),
    publicKey: keys.publicKey,
    signingKey: ca.key,
    signingAlgorithm: algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension(names), new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth])],
  });
  await writeKey(file('server.key'), keys.privateKey);
  writeFileSync(file('server.crt'), `${server.toString('pem')}\n${ca.certificate.toString('pem')}\n`);
}

async function writeKey(file: string, key: WebCrypto.CryptoKey): Promise<void> {
  const base64 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  writeFileSync(file, `-----BEGIN PRIVATE KEY-----\n${base64.replace(/(.{64})/g, '$1\n')}\n-----END PRIVATE KEY-----\n`, { mode: 0o600 });
}

const makeKeys = (): Promise<WebCrypto.CryptoKeyPair> => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
