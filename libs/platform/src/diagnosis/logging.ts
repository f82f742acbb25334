import { writeSync } from 'node:fs';
import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import type { Stage } from '#libs/contracts';

export type Logger = PinoLogger;

/** 11-digit mainland mobiles and E.164 numbers anywhere in a text: SDK errors carry the whole URL (notify.md §0.4). */
const phoneLike = /(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)|\+\d{8,15}(?!\d)/g;

/** Hides phone numbers in a text. */
export const redactPhones = (text: string): string => text.replace(phoneLike, (number) => `${number.slice(0, 3)}****`);

/**
 * While the log can't be written one line in this time is tried, ms, and the others are dropped: the stream keeps what it could not write.
 * Shorter: its memory is taken from the process that should go on warning. Longer: more is lost after there is room again.
 */
const TRY_EVERY_MS = 1_000;
/** Between two words on stderr that the log can't be written, ms. */
const SAY_EVERY_MS = 60_000;

/** Where log lines go: a file, made with its directories, or stdout. */
export const logDestination = (file?: string): DestinationStream => pino.destination({ dest: file ?? 1, mkdir: true, sync: true });

/**
 * A full disk must not be an error of whoever has something to say: a line that can't be written would end the judgement or the sending it tells
 * of. Said on stderr instead.
 */
function unfailing(out: DestinationStream): DestinationStream {
  let failedAt = -Infinity;
  let saidAt = -Infinity;
  return {
    write: (line) => {
      if (performance.now() - failedAt < TRY_EVERY_MS) return;
      try {
        out.write(redactPhones(line));
      } catch (error) {
        failedAt = performance.now();
        if (failedAt - saidAt < SAY_EVERY_MS) return;
        saidAt = failedAt;
        sayOnStderr(
          `the log can't be written: ${error instanceof Error ? error.message : String(error)}; the station goes on, make room\n`,
        );
      }
    },
  };
}

function sayOnStderr(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // Nowhere left to say it.
  }
}

/**
 * JSON lines on stdout (or `destination`). Fields fixed: `stage`, `deviceId`, `hazardPoint`, `warningId`, `deliveryId`.
 * Keys that may hold personal data are removed; every line is also searched for phone numbers. Logging never throws.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
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
    unfailing(destination ?? logDestination()),
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
