import { describe, expect, it } from 'vitest';
import type { RegisteredDevice, RegistryView } from '#libs/contracts';
import { DataKey } from '#libs/platform';
import { authenticate } from './authentication.js';

const dataKey = new DataKey('a data key of thirty-two characters');
const secret = 'c2VjcmV0LW9mLTE3MTY1ODAy';
const device = { deviceId: '17165802', secretHash: dataKey.deviceSecretHash(secret) } as RegisteredDevice;
const registry = {
  device: (id: string) => (id === device.deviceId ? device : undefined),
  deviceBySecretHash: (hash: string) => (hash === device.secretHash ? device : undefined),
} as RegistryView;
const log = (clientId: string, username?: string, password?: string) => authenticate({ clientId, username, password }, registry, dataKey);

describe('device authentication', () => {
  it('takes username = client id = device id with the secret', () =>
    expect(log('17165802', '17165802', secret)).toEqual({ deviceId: '17165802', clientId: '17165802' }));
  it('takes the secret as username with any client id, which can hit no other device', () =>
    expect(log('999', secret, '')).toEqual({ deviceId: '17165802', clientId: '17165802/999' }));
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
