import type { Clock, RegistryView } from '#libs/contracts';
import type { Packet } from '#libs/ingest';
import type { Logger } from '#libs/platform';

export type ExternalNotice = 'connected' | 'away' | 'refused' | 'not-accepted' | 'foreign-topic';

export interface ExternalBrokerOptions {
  /** `mqtt://` or `mqtts://`, with user and password where the broker wants them; `?client=` names the session, `?share=all` shares `$` topics too. */
  url: string;
  registry: Pick<RegistryView, 'device'>;
  clock: Clock;
  logger: Logger;
  /** Device ids a national frame speaks of. Never throws. */
  idsIn(payload: Uint8Array): readonly string[];
  /** Takes one message. PUBACK leaves when it resolves; when it rejects, the connection is closed without, and the broker sends it again. */
  accept(packet: Packet): Promise<void>;
  notice?(notice: ExternalNotice): void;
  /** The broker is there and the subscription stands, or why not. */
  state?(away: string | undefined): void;
  /** Messages under way at a time. */
  receiveMaximum?: number;
}

export interface ExternalBroker {
  /** True while the subscription stands. */
  readonly isThere: boolean;
  /** Publishes to a device (QoS 1); resolves at the broker's PUBACK: the broker has it, not yet the device. @throws when the broker is away or does not answer */
  send(topic: string, payload: Uint8Array): Promise<void>;
  /** Takes nothing more, lets what is under way be acknowledged (at most `graceMs`), and leaves; the session stays. */
  stop(graceMs?: number): Promise<void>;
}
