import type { HistogramData } from '../histogram.js';

export interface Credential {
  deviceId: string;
  secret: string;
}

/** What one loader process does. */
export interface LoadJob {
  port: number;
  devices: readonly Credential[];
  /** Connections being opened at the same time. */
  connecting: number;
  /** Seconds; 0 = none. Idle connections send PINGREQ. */
  keepAlive: number;
  /**
   * `closed`: each client keeps `inFlight` messages unacknowledged. `open`: `rate` messages a second in all, whatever the
   * answers do. `idle`: connections, no messages.
   */
  load: { kind: 'closed'; inFlight: number } | { kind: 'open'; rate: number } | { kind: 'idle' };
}

/** Parent → loader. `begin` starts sending; `measure` starts and `report` ends the counted stretch; `reconnect` cuts all and opens them again. */
export type Order = { do: 'connect'; job: LoadJob } | { do: 'begin' | 'measure' | 'report' | 'reconnect' | 'end' };

/** Loader → parent. */
export type Word =
  | { said: 'ready' | 'connected' }
  | { said: 'progress'; connected: number; acked: number; behind: number }
  | { said: 'report'; report: LoadReport }
  | { said: 'failed'; error: string };

export interface LoadReport {
  /** Acknowledged while measuring. */
  acked: number;
  /** Unacknowledged at the end. */
  inFlight: number;
  seconds: number;
  /** From the moment a message was due (open) or written (closed) to its PUBACK. */
  ack: HistogramData;
  /** From due to written: what the loader itself was late. */
  late: HistogramData;
  /** CPU of the loader process while measuring, µs. */
  cpuMicros: number;
  /** Connections the broker closed or refused. */
  lost: number;
}
