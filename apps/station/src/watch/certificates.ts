import { DAY, HOUR, type SystemAlarm } from '#libs/contracts';
import { clientCa, firstToEnd, serverCertificate, type CertificateEnd, type Config, type Logger } from '#libs/platform';
import { StandingAlarms } from './standing-alarms.js';

/**
 * How long before its end a certificate is an alarm, ms. Less: a certificate that has to be asked for at an authority comes too late, and
 * devices that check it go dark all at once. More: a band that stands for months is not seen any more.
 */
const WARN_MS = 30 * DAY;
const LOOK_EVERY_MS = HOUR;

export interface CertificateWatch {
  config: Pick<Config, 'httpsPort' | 'mqttsPort' | 'tlsCert' | 'tlsKey' | 'tlsClientCa' | 'dataDir'>;
  now: () => number;
  logger: Logger;
  /** Raises or ends a standing alarm on the wall. */
  alarm: (alarm: SystemAlarm) => Promise<void>;
}

/** Warns before a certificate that was read at this start ends: the server's with its chain, and the CA of the devices'. Answers how to end it. */
export async function watchCertificates({ config, now, logger, alarm }: CertificateWatch): Promise<() => Promise<void>> {
  const first = await firstInUse(config, now());
  if (!first) return () => Promise.resolve();
  const alarms = new StandingAlarms(alarm, logger);
  const look = (): void => alarms.say(ending(first), now() > first.until - WARN_MS);
  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  return async () => {
    clearInterval(timer);
    await alarms.settled();
  };
}

const ending = ({ subject, until }: CertificateEnd): Omit<SystemAlarm, 'standing'> => {
  const day = new Date(until).toISOString().slice(0, 10);
  return {
    code: 'certificate-ends',
    level: 'orange',
    text: {
      zh: `证书 ${subject} 于 ${day} 到期：届时浏览器和加密连接的设备将无法接入；请更换证书并重新启动`,
      en: `The certificate ${subject} ends on ${day}: browsers and devices on TLS are refused then. Renew it and start again`,
    },
  };
};

async function firstInUse(config: CertificateWatch['config'], now: number): Promise<CertificateEnd | undefined> {
  if (config.httpsPort === undefined && config.mqttsPort === undefined) return undefined;
  const { cert } = await serverCertificate(config, now);
  const devices = config.mqttsPort === undefined ? undefined : clientCa(config.tlsClientCa);
  return firstToEnd(`${cert}\n${devices ?? ''}`);
}
