import { describe, expect, it } from 'vitest';
import type { RegisteredDevice, RegistryView } from '#libs/contracts';
import { DataKey } from '#libs/platform';
import { authenticate } from './authentication.js';
import type { CertificateProof } from './device-certificate.js';

const dataKey = new DataKey('a data key of thirty-two characters');
const secret = 'c2VjcmV0LW9mLTE3MTY1ODAy';
const device = { deviceId: '17165802', secretHash: dataKey.deviceSecretHash(secret) } as RegisteredDevice;
const registry = {
  device: (id: string) => (id === device.deviceId ? device : undefined),
  deviceBySecretHash: (hash: string) => (hash === device.secretHash ? device : undefined),
} as RegistryView;
const log = (clientId: string, username?: string, password?: string, certificate: CertificateProof = { kind: 'none' }) =>
  authenticate({ clientId, username, password, certificate }, registry, dataKey);

describe('device authentication', () => {
  it('takes username = client id = device id with the secret', () =>
    expect(log('17165802', '17165802', secret)).toEqual({ device, clientId: '17165802' }));
  it('takes the secret as username with any client id, which can hit no other device', () =>
    expect(log('999', secret, '')).toEqual({ device, clientId: '17165802/999' }));
  it.each([
    [log('17165802', '17165802', 'wrong'), 'wrong-credentials', 5],
    [log('17165802', '17165802', device.secretHash), 'wrong-credentials', 5],
    [log('999', '999', secret), 'wrong-credentials', 5],
    [log('x', '17165802'), 'wrong-credentials', 5],
    [log('x', device.secretHash), 'wrong-credentials', 5],
    [log('other', '17165802', secret), 'wrong-client-id', 2],
    [log('17165802'), 'no-credentials', 4],
    [log('17165802', '', secret), 'no-credentials', 4],
  ])('refuses %j', (answer, refused, returnCode) => expect(answer).toEqual({ refused, returnCode }));
});

describe('a certificate', () => {
  const other = { deviceId: 'other', secretHash: dataKey.deviceSecretHash('secret of other') } as RegisteredDevice;
  const both = {
    device: (id: string) => [device, other].find((each) => each.deviceId === id),
    deviceBySecretHash: (hash: string) => [device, other].find((each) => each.secretHash === hash),
  } as RegistryView;
  const own: CertificateProof = { kind: 'valid', deviceId: '17165802' };
  const by = (certificate: CertificateProof, clientId: string, username?: string, password?: string) =>
    authenticate({ clientId, username, password, certificate }, both, dataKey);

  it.each([
    ['alone', by(own, '17165802'), '17165802'],
    ['with the device as username', by(own, '17165802', '17165802'), '17165802'],
    ['with a password nobody needs', by(own, '17165802', '17165802', 'anything'), '17165802'],
    ["with its secret as username, ThingsBoard's way", by(own, 'free', secret), '17165802/free'],
  ])('lets its device in %s', (_, answer, clientId) => expect(answer).toEqual({ device, clientId }));

  it.each([
    ['another device with its right password', by(own, 'other', 'other', 'secret of other'), 'wrong-certificate', 5],
    ["another device's secret as username", by(own, 'free', 'secret of other'), 'wrong-certificate', 5],
    ['the client id of another device', by(own, 'other'), 'wrong-client-id', 2],
    ['a device that is not registered', by({ kind: 'valid', deviceId: 'gone' }, 'gone'), 'unknown-certificate', 5],
    [
      'a certificate that does not verify, with the right password',
      by({ kind: 'bad', why: 'expired' }, '17165802', '17165802', secret),
      'bad-certificate',
      5,
    ],
  ])('refuses %s', (_, answer, refused, returnCode) => expect(answer).toEqual({ refused, returnCode }));
});
