import { writeSync } from 'node:fs';
import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import type { Stage } from '#libs/contracts';

export type Logger = PinoLogger;

/** 11-digit mainland mobiles and E.164 numbers anywhere in a text: SDK errors carry the whole URL (notify.md §0.4). */
const phoneLike = /(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)|\+\d{8,15}(?!\d)/g;

/** Hides phone numbers in a text. */
export const redactPhones = (text: string): string => text.replace(phoneLike, (number) => `${number.slice(0, 3)}****`);

/**
 * Bytes of lines kept while the log can't be written; newer ones are dropped. Less: the beginning of what filled the disk is lost. More: it is
 * taken from the process that should go on warning.
 */
const KEPT_BYTES = 1024 * 1024;
/** Between two words on stderr that the log can't be written, ms. */
const SAY_EVERY_MS = 60_000;

/** Where log lines go: a file, made with its directories, or stdout. */
export const logDestination = (file?: string): DestinationStream =>
  pino.destination({ dest: file ?? 1, mkdir: true, sync: true, maxLength: KEPT_BYTES });

/**
 * A full disk must not be an error of whoever has something to say: a line that can't be written would end the judgement or the sending it tells
 * of. Said on stderr instead.
 */
function unfailing(out: DestinationStream): DestinationStream {
  let saidAt = -Infinity;
  return {
    write: (line) => {
      try {
        out.write(redactPhones(line));
      } catch (error) {
        if (performance.now() - saidAt < SAY_EVERY_MS) return;
        saidAt = performance.now();
        try {
          writeSync(
            2,
            `the log can't be written: ${error instanceof Error ? error.message : String(error)}; the station goes on, make room\n`,
          );
        } catch {
          // Nowhere left to say it.
        }
      }
    },
  };
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
