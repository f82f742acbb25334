import { resolve } from 'node:path';
import { z } from 'zod';
import { providersOf, providerVariables } from './providers.js';

/** Names of SMS drivers in `WANGSHAN_SMS_DRIVERS`, fail-over from left to right. `simulator` stands for every driver that exists, pointed at the gateway simulator. */
const SmsDriver = z.enum(['alicloud', 'twilio', 'mas', 'cmpp', 'simulator']);

const port = (fallback: number) => z.coerce.number().int('a port number').min(0).max(65_535).default(fallback);
const optionalPort = z.union([z.literal('off').transform(() => undefined), z.coerce.number().int().min(0).max(65_535)]).optional();
const optionalText = z.string().min(1).optional();

/** The environment (contract.md, Environment): where things are, and secrets. What a county changes is in /settings. */
const Environment = z.object({
  WANGSHAN_HTTP_PORT: port(3000),
  WANGSHAN_HTTPS_PORT: optionalPort,
  WANGSHAN_TLS_CERT: optionalText,
  WANGSHAN_TLS_KEY: optionalText,
  WANGSHAN_MQTT_PORT: port(1883),
  WANGSHAN_MQTTS_PORT: optionalPort,
  WANGSHAN_TLS_CLIENT_CA: optionalText,
  WANGSHAN_MQTT_URL: z.url({ protocol: /^(mqtt|mqtts|tcp|ssl)$/ }).optional(),
  WANGSHAN_SL651_PORT: optionalPort,
  WANGSHAN_HJ212_PORT: optionalPort,
  WANGSHAN_PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  WANGSHAN_GATEWAY_PORT: port(18_080),
  WANGSHAN_DATABASE_PORT: port(0),
  WANGSHAN_DATA_DIR: z.string().min(1).default('.wangshan'),
  WANGSHAN_DATA_KEY: z.string().min(32, 'at least 32 characters').optional(),
  WANGSHAN_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  WANGSHAN_ADMIN_PASSWORD: z.string().min(10, 'at least 10 characters').optional(),
  WANGSHAN_RULES_DIR: z.string().min(1).default('alert-rules'),
  WANGSHAN_DEVICE_RATE: z.coerce.number().int().min(0).default(50),
  WANGSHAN_SMS_DRIVERS: z
    .string()
    .default('')
    .transform((text) => text.split(/[\s,]+/).filter((word) => word !== '' && word !== 'none'))
    .pipe(z.array(SmsDriver)),
  ...providerVariables,
  WANGSHAN_ACTIVATE_RULES: z.enum(['0', '1']).default('0'),
  WANGSHAN_LOG_FILE: optionalText,
  WANGSHAN_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

/** Of simulators, tests and later releases: not read here and no mistake. */
const otherVariables = /^WANGSHAN_(STATION|TOKEN|MQTT|CHROMIUM|WEBRTC_PORTS)/;

export type Config = ReturnType<typeof readConfig>;

/** A bad environment: each line names the variable, what it holds and what was expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads and checks the environment, once.
 * @throws ConfigError naming every bad variable
 */
export function readConfig(env: NodeJS.ProcessEnv) {
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => name.startsWith('WANGSHAN_') && value !== ''));
  const parsed = Environment.safeParse(given);
  const faults = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${String(issue.path[0])}=${shown(String(issue.path[0]), given)}: ${issue.message}`);
  if (!parsed.success || faults.length > 0) throw new ConfigError(`Bad configuration, nothing was started:\n  ${faults.join('\n  ')}`);
  const e = parsed.data;
  return {
    /** Variables that look like ours and are none: said at the start, because a mistyped name is a setting nobody made. */
    unknown: Object.keys(given).filter((name) => !(name in Environment.shape) && !otherVariables.test(name)),
    httpPort: e.WANGSHAN_HTTP_PORT,
    httpsPort: e.WANGSHAN_HTTPS_PORT,
    tlsCert: e.WANGSHAN_TLS_CERT,
    tlsKey: e.WANGSHAN_TLS_KEY,
    mqttPort: e.WANGSHAN_MQTT_PORT,
    mqttsPort: e.WANGSHAN_MQTTS_PORT,
    tlsClientCa: e.WANGSHAN_TLS_CLIENT_CA,
    /** An existing broker instead of the embedded one. */
    mqttUrl: e.WANGSHAN_MQTT_URL,
    sl651Port: e.WANGSHAN_SL651_PORT,
    hj212Port: e.WANGSHAN_HJ212_PORT,
    /** Address at which providers (and people) reach this station from outside, without a path. */
    publicUrl: e.WANGSHAN_PUBLIC_URL,
    gatewayPort: e.WANGSHAN_GATEWAY_PORT,
    databasePort: e.WANGSHAN_DATABASE_PORT,
    dataDir: resolve(e.WANGSHAN_DATA_DIR),
    dataKey: e.WANGSHAN_DATA_KEY,
    databaseUrl: e.WANGSHAN_DATABASE_URL,
    adminPassword: e.WANGSHAN_ADMIN_PASSWORD,
    rulesDir: resolve(e.WANGSHAN_RULES_DIR),
    deviceRate: e.WANGSHAN_DEVICE_RATE,
    smsDrivers: e.WANGSHAN_SMS_DRIVERS,
    ...providersOf(e),
    /** Rule files that changed become the version in force by themselves (the demo); otherwise a named person activates them. */
    activateRules: e.WANGSHAN_ACTIVATE_RULES === '1',
    logFile: e.WANGSHAN_LOG_FILE,
    logLevel: e.WANGSHAN_LOG_LEVEL,
  };
}

const shown = (name: string, env: Record<string, string | undefined>): string =>
  /KEY|SECRET|PASSWORD|TOKEN|URL/.test(name) ? '(not shown)' : JSON.stringify(env[name] ?? '');
