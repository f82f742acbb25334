import type { LoggerService } from '@nestjs/common';
import type { Logger } from '#libs/platform';

/** Nest's own words in our log: its routine start-up lines are details. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown): void {
    this.logger.debug({ nest: true }, String(message));
  }
  error(message: unknown, ...more: unknown[]): void {
    this.logger.error({ nest: true, more: more.map(String) }, String(message));
  }
  warn(message: unknown): void {
    this.logger.warn({ nest: true }, String(message));
  }
  debug(message: unknown): void {
    this.logger.debug({ nest: true }, String(message));
  }
}
