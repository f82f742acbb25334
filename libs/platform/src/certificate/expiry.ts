import { X509Certificate } from 'node:crypto';

export interface CertificateEnd {
  /** Whose it is, e.g. `CN=Wangshan station`. */
  subject: string;
  /** Epoch ms. */
  until: number;
}

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * The certificate of a PEM file (a server's with its chain, or several CAs) that ends first; undefined when there is none in it.
 * @throws when one is malformed
 */
export function firstToEnd(pem: string): CertificateEnd | undefined {
  const all = (pem.match(BLOCK) ?? []).map((block): CertificateEnd => {
    const certificate = new X509Certificate(block);
    return { subject: certificate.subject.replaceAll('\n', ', '), until: Date.parse(certificate.validTo) };
  });
  return all.toSorted((a, b) => a.until - b.until)[0];
}
