import { z } from 'zod';

const optionalText = z.string().min(1).optional();

/** Accounts at providers of SMS and voice (contract.md, Environment). A driver that is named and lacks one of its own stops the start by its name. */
export const providerVariables = {
  WANGSHAN_ALICLOUD_ENDPOINT: z.string().default('dysmsapi.aliyuncs.com'),
  WANGSHAN_ALICLOUD_PROTOCOL: z.enum(['HTTP', 'HTTPS']).default('HTTPS'),
  WANGSHAN_ALICLOUD_ACCESS_KEY_ID: optionalText,
  WANGSHAN_ALICLOUD_ACCESS_KEY_SECRET: optionalText,
  WANGSHAN_ALICLOUD_VOICE_ENDPOINT: z.string().default('dyvmsapi.aliyuncs.com'),
  WANGSHAN_ALICLOUD_VOICE_TTS_CODE: z
    .string()
    .regex(/^TTS_\d+$/, 'TTS_ and digits')
    .optional(),
  WANGSHAN_ALICLOUD_VOICE_ACK_CODE: optionalText,
  WANGSHAN_ALICLOUD_VOICE_HELP_CODE: optionalText,
  WANGSHAN_ALICLOUD_VOICE_BYE_CODE: optionalText,
  WANGSHAN_ALICLOUD_VOICE_SHOW_NUMBER: optionalText,
  WANGSHAN_TWILIO_ACCOUNT_SID: z
    .string()
    .regex(/^AC[0-9a-f]{32}$/i, 'AC and 32 hexadecimal digits')
    .optional(),
  WANGSHAN_TWILIO_AUTH_TOKEN: optionalText,
  WANGSHAN_TWILIO_FROM: optionalText,
  WANGSHAN_TWILIO_MESSAGING_SERVICE_SID: z
    .string()
    .regex(/^MG[0-9a-f]{32}$/i, 'MG and 32 hexadecimal digits')
    .optional(),
  WANGSHAN_TWILIO_BASE_URL: z.url({ protocol: /^https?$/ }).optional(),
  WANGSHAN_MAS_URL: z.url({ protocol: /^https?$/ }).optional(),
  WANGSHAN_MAS_EC_NAME: optionalText,
  WANGSHAN_MAS_AP_ID: optionalText,
  WANGSHAN_MAS_SECRET_KEY: optionalText,
  WANGSHAN_MAS_SIGN_CODE: optionalText,
  WANGSHAN_MAS_ADD_SERIAL: z.string().regex(/^\d*$/, 'digits').default(''),
  WANGSHAN_CMPP_HOST: optionalText,
  WANGSHAN_CMPP_PORT: z.coerce.number().int().min(1).max(65_535).default(7890),
  WANGSHAN_CMPP_VERSION: z.enum(['2.0', '3.0']).default('3.0'),
  WANGSHAN_CMPP_SOURCE: optionalText,
  WANGSHAN_CMPP_SECRET: optionalText,
  WANGSHAN_CMPP_FROM: optionalText,
  WANGSHAN_CMPP_SERVICE_ID: optionalText,
} as const;

const Providers = z.object(providerVariables);

/** The same by provider, as the drivers take it. */
export const providersOf = (e: z.infer<typeof Providers>) => ({
  alicloud: {
    endpoint: e.WANGSHAN_ALICLOUD_ENDPOINT,
    protocol: e.WANGSHAN_ALICLOUD_PROTOCOL,
    accessKeyId: e.WANGSHAN_ALICLOUD_ACCESS_KEY_ID,
    accessKeySecret: e.WANGSHAN_ALICLOUD_ACCESS_KEY_SECRET,
  },
  alicloudVoice: {
    endpoint: e.WANGSHAN_ALICLOUD_VOICE_ENDPOINT,
    /** Calls are made when this is set. */
    ttsCode: e.WANGSHAN_ALICLOUD_VOICE_TTS_CODE,
    ackCode: e.WANGSHAN_ALICLOUD_VOICE_ACK_CODE,
    helpCode: e.WANGSHAN_ALICLOUD_VOICE_HELP_CODE,
    byeCode: e.WANGSHAN_ALICLOUD_VOICE_BYE_CODE,
    showNumber: e.WANGSHAN_ALICLOUD_VOICE_SHOW_NUMBER,
  },
  twilio: {
    accountSid: e.WANGSHAN_TWILIO_ACCOUNT_SID,
    authToken: e.WANGSHAN_TWILIO_AUTH_TOKEN,
    from: e.WANGSHAN_TWILIO_FROM,
    messagingServiceSid: e.WANGSHAN_TWILIO_MESSAGING_SERVICE_SID,
    baseUrl: e.WANGSHAN_TWILIO_BASE_URL,
  },
  mas: {
    url: e.WANGSHAN_MAS_URL,
    ecName: e.WANGSHAN_MAS_EC_NAME,
    apId: e.WANGSHAN_MAS_AP_ID,
    secretKey: e.WANGSHAN_MAS_SECRET_KEY,
    signCode: e.WANGSHAN_MAS_SIGN_CODE,
    addSerial: e.WANGSHAN_MAS_ADD_SERIAL,
  },
  cmpp: {
    host: e.WANGSHAN_CMPP_HOST,
    port: e.WANGSHAN_CMPP_PORT,
    version: e.WANGSHAN_CMPP_VERSION,
    source: e.WANGSHAN_CMPP_SOURCE,
    secret: e.WANGSHAN_CMPP_SECRET,
    from: e.WANGSHAN_CMPP_FROM,
    serviceId: e.WANGSHAN_CMPP_SERVICE_ID,
  },
});
