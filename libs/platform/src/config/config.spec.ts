import { expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.js';

it('has a default for everything', () => {
  expect(readConfig({})).toMatchObject({
    httpPort: 3000,
    mqttPort: 1883,
    gatewayPort: 18080,
    databasePort: 0,
    smsDrivers: [],
    deviceRate: 50,
    httpsPort: undefined,
  });
});

it.each([
  ['WANGSHAN_HTTP_PORT', 'eighty'],
  ['WANGSHAN_HTTP_PORT', '70000'],
  ['WANGSHAN_HTTPS_PORT', 'on'],
  ['WANGSHAN_ADMIN_PASSWORD', 'short'],
  ['WANGSHAN_DATA_KEY', 'too short'],
  ['WANGSHAN_DATABASE_URL', 'mysql://x'],
  ['WANGSHAN_SMS_DRIVERS', 'pigeon'],
  ['WANGSHAN_DEVICE_RATE', '-1'],
  ['WANGSHAN_LOG_LEVEL', 'loud'],
  ['WANGSHAN_PUBLIC_URL', 'county.example'],
  ['WANGSHAN_TWILIO_ACCOUNT_SID', 'SK1'],
  ['WANGSHAN_ALICLOUD_VOICE_TTS_CODE', 'SMS_1'],
  ['WANGSHAN_CMPP_VERSION', '1.0'],
])('stops at %s=%s and names it', (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(ConfigError);
  expect(() => readConfig({ [name]: value })).toThrow(name);
});

it('names every bad variable at once, and shows no secret', () => {
  const bad = { WANGSHAN_HTTP_PORT: 'x', WANGSHAN_ADMIN_PASSWORD: 'pw-12' };
  expect(() => readConfig(bad)).toThrow(/WANGSHAN_HTTP_PORT[\s\S]*WANGSHAN_ADMIN_PASSWORD/);
  expect(() => readConfig(bad)).not.toThrow(/pw-12/);
});

it('takes the listeners that are off unless asked for', () => {
  expect(readConfig({})).toMatchObject({ mqttsPort: undefined, sl651Port: undefined, hj212Port: undefined });
  expect(readConfig({ WANGSHAN_SL651_PORT: '5000', WANGSHAN_MQTTS_PORT: 'off' })).toMatchObject({ sl651Port: 5000, mqttsPort: undefined });
});

it('reads drivers in their order of fail-over, an empty value as unset, and `off` as no port', () => {
  expect(readConfig({ WANGSHAN_SMS_DRIVERS: 'alicloud, simulator', WANGSHAN_HTTPS_PORT: 'off', WANGSHAN_MQTT_PORT: '' })).toMatchObject({
    smsDrivers: ['alicloud', 'simulator'],
    httpsPort: undefined,
    mqttPort: 1883,
  });
});

it('shows no token of a provider', () => {
  expect(() => readConfig({ WANGSHAN_TWILIO_ACCOUNT_SID: 'SK1', WANGSHAN_TWILIO_AUTH_TOKEN: '' })).toThrow(/SK1/);
  expect(readConfig({ WANGSHAN_PUBLIC_URL: 'https://county.example/' }).publicUrl).toBe('https://county.example');
});

it('names variables that look like ours and are none', () => {
  expect(readConfig({ WANGSHAN_HTP_PORT: '1', WANGSHAN_HTTP_PORT: '1', WANGSHAN_TOKEN: 'x' }).unknown).toEqual(['WANGSHAN_HTP_PORT']);
});
