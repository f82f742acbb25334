import { TLSSocket } from 'node:tls';

/** What a connection says about its device by a certificate. */
export type CertificateProof =
  /** Plain TCP, or TLS without a client certificate. */
  | { kind: 'none' }
  /** Signed by our client CA and in its time; `deviceId` is its common name. */
  | { kind: 'valid'; deviceId: string }
  | { kind: 'bad'; why: string };

/** Reads the client certificate of a finished handshake (`requestCert`, WANGSHAN_TLS_CLIENT_CA). */
export function certificateProof(stream: unknown): CertificateProof {
  if (!(stream instanceof TLSSocket)) return { kind: 'none' };
  const certificate = stream.getPeerCertificate();
  // Node answers an empty object, or nothing on a socket already closed, when there is no certificate.
  if (!certificate || Object.keys(certificate).length === 0) return { kind: 'none' };
  if (!stream.authorized) return { kind: 'bad', why: String(stream.authorizationError) };
  const name: unknown = certificate.subject.CN;
  return typeof name === 'string' && name !== '' ? { kind: 'valid', deviceId: name } : { kind: 'bad', why: 'it has no single common name' };
}
