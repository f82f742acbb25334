import type { IncomingHttpHeaders } from 'node:http';
import type { AcceptedMessage, Reply } from './message-log.js';

/** A request as it came in; what a vendor's signature covers is `target`, not the parsed address. */
export interface WireRequest {
  method: string;
  target: string;
  url: URL;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** An answer on the wire, or the ways a wire fails. `afterMs` delays it; `drop` closes the socket instead. A text goes out as it is, anything else as JSON. */
export interface WireAnswer {
  status: number;
  body: unknown;
  type?: string;
  headers?: Record<string, string>;
  afterMs?: number;
  drop?: boolean;
}

/** A simulated vendor. One that speaks HTTP says which requests are its own; the others open a port of their own. */
export interface Vendor {
  /** Providers it stands for, as messages in the log name them. */
  readonly providers: readonly string[];
  takes?(request: WireRequest): boolean;
  answer?(request: WireRequest): Promise<WireAnswer>;
  /** The carrier has news of a message it took: told to the station in the vendor's way. `reversed`: states overtake each other. */
  report?(message: AcceptedMessage, reversed: boolean): void;
  /** Somebody wrote back to a message of this vendor. */
  reply?(reply: Reply): void;
}

/** Calls back later, unless the simulator ends before. */
export type Later = (ms: number, act: () => void) => void;
