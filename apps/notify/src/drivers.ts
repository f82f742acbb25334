import { simulatorAccount, simulatorMas, type Clock } from '#libs/contracts';
import { AlicloudSms, AlicloudVoice, CmppSms, MasSms, TwilioSms, voiceTemplates, type Channel, type Driver } from '#libs/notify';
import { ConfigError, type Config } from '#libs/platform';

export interface DriverParts {
  config: Pick<Config, 'smsDrivers' | 'alicloud' | 'alicloudVoice' | 'twilio' | 'mas' | 'cmpp'>;
  /** Where the simulator really listens (its configured port may be 0). */
  gatewayPort: number;
  /** SMS sign in force, without brackets. */
  sign: () => string;
  /** Where a provider that is told in each request pushes to; undefined when it can't reach us. */
  hookOf: (driver: string) => string | undefined;
  clock: Clock;
}

type Name = Exclude<Config['smsDrivers'][number], 'simulator'>;
type Make = (parts: DriverParts) => Channel[];

/**
 * Every provider there is: made from the environment, and, where the simulator speaks its wire format, pointed there. A new one is a line here.
 * The order of `simulated` is the order of fail-over of the word `simulator`.
 */
const real: Readonly<Record<Name, Make>> = { alicloud: alicloudReal, twilio: twilioReal, mas: masReal, cmpp: cmppReal };
const simulated: readonly Make[] = [alicloudSimulated, masSimulated];

/**
 * The drivers of `WANGSHAN_SMS_DRIVERS`, fail-over from left to right; an account that can make calls brings its voice driver along. The word
 * `simulator` stands for every driver the simulator speaks with.
 * @throws ConfigError naming the variable that is missing
 */
export function makeDrivers(parts: DriverParts): Driver[] {
  return parts.config.smsDrivers.flatMap((name): Driver[] => {
    if (name === 'simulator') return simulated.flatMap((make) => make(parts)).map((channel) => ({ channel, simulated: true }));
    return real[name](parts).map((channel) => ({ channel, simulated: false }));
  });
}

function alicloudReal({ config, sign, clock }: DriverParts): Channel[] {
  const { endpoint, protocol, ...keys } = config.alicloud;
  const { accessKeyId, accessKeySecret } = required('alicloud', {
    WANGSHAN_ALICLOUD_ACCESS_KEY_ID: ['accessKeyId', keys.accessKeyId],
    WANGSHAN_ALICLOUD_ACCESS_KEY_SECRET: ['accessKeySecret', keys.accessKeySecret],
  });
  const account = { protocol, accessKeyId, accessKeySecret, clock };
  const sms = new AlicloudSms({ ...account, endpoint, sign });
  const { endpoint: voiceEndpoint, ttsCode, ...voice } = config.alicloudVoice;
  if (ttsCode === undefined) return [sms];
  // Half a set would make calls nobody can answer with a key, and nobody would notice until it counts.
  if (voice.ackCode !== undefined || voice.helpCode !== undefined)
    required('calls with keys', {
      WANGSHAN_ALICLOUD_VOICE_ACK_CODE: ['ackCode', voice.ackCode],
      WANGSHAN_ALICLOUD_VOICE_HELP_CODE: ['helpCode', voice.helpCode],
      WANGSHAN_ALICLOUD_VOICE_SHOW_NUMBER: ['showNumber', voice.showNumber],
    });
  return [sms, new AlicloudVoice({ ...account, endpoint: voiceEndpoint, ttsCode, ...voice })];
}

function alicloudSimulated({ gatewayPort, sign, clock }: DriverParts): Channel[] {
  const account = { endpoint: `127.0.0.1:${gatewayPort}`, protocol: 'HTTP', ...simulatorAccount, clock } as const;
  const { start, ack, help, bye } = voiceTemplates;
  const voice = { ttsCode: start.code, ackCode: ack.code, helpCode: help.code, byeCode: bye.code, showNumber: '08380000000' };
  return [new AlicloudSms({ ...account, sign }), new AlicloudVoice({ ...account, ...voice })];
}

function twilioReal({ config, sign, clock, hookOf }: DriverParts): Channel[] {
  const { from, messagingServiceSid, baseUrl, ...keys } = config.twilio;
  const { accountSid, authToken } = required('twilio', {
    WANGSHAN_TWILIO_ACCOUNT_SID: ['accountSid', keys.accountSid],
    WANGSHAN_TWILIO_AUTH_TOKEN: ['authToken', keys.authToken],
  });
  if (from === undefined && messagingServiceSid === undefined)
    throw new ConfigError('WANGSHAN_SMS_DRIVERS names twilio: WANGSHAN_TWILIO_FROM or WANGSHAN_TWILIO_MESSAGING_SERVICE_SID must be set');
  const statusCallback = () => hookOf('twilio');
  return [new TwilioSms({ accountSid, authToken, from, messagingServiceSid, baseUrl, sign, statusCallback, clock })];
}

function masReal({ config, clock }: DriverParts): Channel[] {
  const { addSerial, ...mas } = config.mas;
  const account = required('mas', {
    WANGSHAN_MAS_URL: ['url', mas.url],
    WANGSHAN_MAS_EC_NAME: ['ecName', mas.ecName],
    WANGSHAN_MAS_AP_ID: ['apId', mas.apId],
    WANGSHAN_MAS_SECRET_KEY: ['secretKey', mas.secretKey],
    WANGSHAN_MAS_SIGN_CODE: ['signCode', mas.signCode],
  });
  return [new MasSms({ ...account, addSerial, clock })];
}

function masSimulated({ gatewayPort, clock }: DriverParts): Channel[] {
  return [new MasSms({ ...simulatorMas, url: `http://127.0.0.1:${gatewayPort}`, clock })];
}

function cmppReal({ config, sign, clock }: DriverParts): Channel[] {
  const { port, version, ...cmpp } = config.cmpp;
  const account = required('cmpp', {
    WANGSHAN_CMPP_HOST: ['host', cmpp.host],
    WANGSHAN_CMPP_SOURCE: ['source', cmpp.source],
    WANGSHAN_CMPP_SECRET: ['secret', cmpp.secret],
    WANGSHAN_CMPP_FROM: ['from', cmpp.from],
    WANGSHAN_CMPP_SERVICE_ID: ['serviceId', cmpp.serviceId],
  });
  return [new CmppSms({ ...account, port, version, sign, clock })];
}

/** @throws ConfigError naming every variable that is not set */
function required<Field extends string>(what: string, given: Record<string, [Field, string | undefined]>): Record<Field, string> {
  const missing = Object.entries(given).filter(([, [, value]]) => value === undefined);
  if (missing.length > 0) {
    const names = missing.map(([name]) => name).join(' and ');
    throw new ConfigError(`WANGSHAN_SMS_DRIVERS names ${what}: ${names} must be set`);
  }
  return Object.fromEntries(Object.values(given).map(([field, value]) => [field, value ?? ''])) as Record<Field, string>;
}
