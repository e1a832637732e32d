import { createPrivateKey, X509Certificate } from 'node:crypto';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** Why these aren't certificates in PEM; completes "its file …". */
export function certificatesFault(pem: string): string | undefined {
  const found = pem.match(CERTIFICATE) ?? [];
  if (found.length === 0) return 'holds no certificate';
  return found.every(isCertificate) ? undefined : 'holds a certificate that is damaged';
}

/** Why this isn't a private key in PEM; completes "its file …". */
export function privateKeyFault(pem: string): string | undefined {
  if (pem.includes('ENCRYPTED'))
    return 'holds a key that is encrypted: give it without a passphrase, readable by this user alone';
  try {
    createPrivateKey(pem);
    return undefined;
  } catch {
    return 'holds no private key';
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}

/** Whether a private key is that of a certificate; both are known to be readable. */
export function isKeyOf(key: string, certificate: string): boolean {
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
}
