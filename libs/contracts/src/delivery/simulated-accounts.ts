/**
 * Accounts at the vendors of the gateway simulator, beside those in gateway.ts. No secrets: they open nothing but the simulator on this machine.
 */
const secret = 'not-a-secret-simulator-only';

export const simulatorMas = {
  ecName: '望山县模拟单位',
  apId: 'wangshan-simulator',
  secretKey: secret,
  signCode: 'SIMULATOR',
  addSerial: '',
} as const;
/** The gateway listens on the second port, for both versions. */
export const simulatorCmpp = { source: '900001', secret, version: '3.0', from: '10690000', serviceId: 'WANGSHAN' } as const;
export const simulatorDingtalk = { accessToken: 'simulator-dingtalk', secret } as const;
export const simulatorWecom = { key: 'simulator-wecom' } as const;
/** The mail server listens on the third port, without TLS. */
export const simulatorSmtp = { user: 'wangshan-simulator', password: secret } as const;
export const simulatorWebhook = { secret } as const;
export const simulatorBroadcast = { secret } as const;
