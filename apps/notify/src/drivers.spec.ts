import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '#libs/platform';
import { makeDrivers } from './drivers.js';

const make = (env: Record<string, string>) =>
  makeDrivers({
    config: readConfig(env),
    gatewayPort: 1,
    sign: () => '望山县',
    hookOf: () => undefined,
    clock: { now: () => 0 },
  }).map(({ channel, simulated }) => `${channel.name}${simulated ? ' (simulated)' : ''}`);

const alicloud = { WANGSHAN_ALICLOUD_ACCESS_KEY_ID: 'id', WANGSHAN_ALICLOUD_ACCESS_KEY_SECRET: 'secret' };
const twilio = {
  WANGSHAN_TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
  WANGSHAN_TWILIO_AUTH_TOKEN: 'token',
  WANGSHAN_TWILIO_FROM: '+15005550006',
};
const mas = {
  WANGSHAN_MAS_URL: 'http://112.35.1.155:1992',
  WANGSHAN_MAS_EC_NAME: '望山县',
  WANGSHAN_MAS_AP_ID: 'ap',
  WANGSHAN_MAS_SECRET_KEY: 'secret',
  WANGSHAN_MAS_SIGN_CODE: 'sign',
};
const cmpp = {
  WANGSHAN_CMPP_HOST: '127.0.0.1',
  WANGSHAN_CMPP_SOURCE: '900001',
  WANGSHAN_CMPP_SECRET: 'secret',
  WANGSHAN_CMPP_FROM: '10690000',
  WANGSHAN_CMPP_SERVICE_ID: 'WANGSHAN',
};

describe('drivers from the environment', () => {
  it('none is none', () => expect(make({})).toEqual([]));

  it('keeps their order, which is the order of fail-over', () => {
    const env = { ...alicloud, ...twilio, ...mas, ...cmpp, WANGSHAN_SMS_DRIVERS: 'mas, cmpp alicloud,twilio' };
    expect(make(env)).toEqual(['mas', 'cmpp', 'alicloud', 'twilio']);
  });

  it('`simulator` is what the gateway simulator speaks, and calls', () => {
    expect(make({ WANGSHAN_SMS_DRIVERS: 'simulator' })).toEqual(['alicloud (simulated)', 'alicloud-voice (simulated)', 'mas (simulated)']);
  });

  it('calls are made when a text for them is named, with keys or without, but not with half of what keys need', () => {
    const base = { ...alicloud, WANGSHAN_SMS_DRIVERS: 'alicloud', WANGSHAN_ALICLOUD_VOICE_TTS_CODE: 'TTS_1' };
    expect(make(base)).toEqual(['alicloud', 'alicloud-voice']);
    expect(() => make({ ...base, WANGSHAN_ALICLOUD_VOICE_ACK_CODE: 'TTS_2' })).toThrow(
      /calls with keys: WANGSHAN_ALICLOUD_VOICE_HELP_CODE and WANGSHAN_ALICLOUD_VOICE_SHOW_NUMBER must be set/,
    );
  });

  it.each([
    ['alicloud', {}, /WANGSHAN_ALICLOUD_ACCESS_KEY_ID and WANGSHAN_ALICLOUD_ACCESS_KEY_SECRET must be set/],
    ['twilio', { ...twilio, WANGSHAN_TWILIO_FROM: '' }, /WANGSHAN_TWILIO_FROM or WANGSHAN_TWILIO_MESSAGING_SERVICE_SID must be set/],
    ['mas', { ...mas, WANGSHAN_MAS_URL: '' }, /mas: WANGSHAN_MAS_URL must be set/],
    ['cmpp', {}, /WANGSHAN_CMPP_HOST and WANGSHAN_CMPP_SOURCE and/],
  ] as const)('%s names the variable it lacks', (driver, env, says) => {
    expect(() => make({ ...env, WANGSHAN_SMS_DRIVERS: driver })).toThrow(ConfigError);
    expect(() => make({ ...env, WANGSHAN_SMS_DRIVERS: driver })).toThrow(says);
  });
});
