import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import type { Stage } from '#libs/contracts';

export type Logger = PinoLogger;

/** 11-digit mainland mobiles and E.164 numbers anywhere in a text: SDK errors carry the whole URL (notify.md §0.4). */
const phoneLike = /(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)|\+\d{8,15}(?!\d)/g;

/** Hides phone numbers in a text. */
export const redactPhones = (text: string): string => text.replace(phoneLike, (number) => `${number.slice(0, 3)}****`);

/**
 * JSON lines on stdout (or `destination`). Fields fixed: `stage`, `deviceId`, `hazardPoint`, `warningId`, `deliveryId`.
 * Keys that may hold personal data are removed; every line is also searched for phone numbers.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const out = destination ?? pino.destination({ dest: 1, sync: true });
  const redacting: DestinationStream = { write: (line) => out.write(redactPhones(line)) };
  return pino(
    {
      level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: describeError },
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: [
          'phone',
          'address',
          'to',
          'name',
          'householder',
          'password',
          'secret',
          'token',
          '*.phone',
          '*.address',
          '*.password',
          '*.secret',
          '*.token',
        ],
        censor: '[hidden]',
      },
    },
    redacting,
  );
}

/** What a log may know of an error. Drivers hang whole connections on theirs, with addresses and more. */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

/** A logger whose lines carry the stage. */
export const stageLogger = (logger: Logger, stage: Stage): Logger => logger.child({ stage });
