import { simulatorAccount, type Clock } from '#libs/contracts';
import { AlicloudSms, type Driver } from '#libs/notify';
import { ConfigError, type Config } from '#libs/platform';

/**
 * The SMS drivers of `WANGSHAN_SMS_DRIVERS`, fail-over from left to right. The word `simulator` stands for every driver there is, pointed at
 * the gateway simulator.
 * @param gatewayPort where the simulator really listens (its configured port may be 0)
 * @throws ConfigError naming the variable that is missing, or the driver this release does not have
 */
export function makeDrivers(
  config: Pick<Config, 'smsDrivers' | 'alicloud'>,
  gatewayPort: number,
  sign: () => string,
  clock: Clock,
): Driver[] {
  return config.smsDrivers.map((name): Driver => {
    if (name === 'simulator') {
      const channel = new AlicloudSms({ endpoint: `127.0.0.1:${gatewayPort}`, protocol: 'HTTP', ...simulatorAccount, sign, clock });
      return { channel, simulated: true };
    }
    if (name !== 'alicloud')
      throw new ConfigError(`WANGSHAN_SMS_DRIVERS: this release has no driver "${name}"; use alicloud, or simulator for a trial`);
    const { endpoint, protocol, accessKeyId, accessKeySecret } = config.alicloud;
    if (!accessKeyId || !accessKeySecret)
      throw new ConfigError(
        'WANGSHAN_SMS_DRIVERS names alicloud: WANGSHAN_ALICLOUD_ACCESS_KEY_ID and WANGSHAN_ALICLOUD_ACCESS_KEY_SECRET must be set',
      );
    return { channel: new AlicloudSms({ endpoint, protocol, accessKeyId, accessKeySecret, sign, clock }), simulated: false };
  });
}
