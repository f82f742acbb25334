/** What happened on a connection of a TCP protocol; counted, and logged where a person may have to act. */
export type LinkNotice =
  | 'refused'
  | 'unreadable'
  | 'heartbeat'
  | 'part'
  | 'parts-missing'
  | 'serial-gap'
  | 'clock-off'
  | 'too-large'
  | 'too-slow'
  | 'too-many'
  | 'not-accepted'
  | 'connected'
  | 'disconnected';

/** What a connection wants done next. Steps are carried out in their order. */
export type LinkStep =
  /** Store it. `answer` is called when it is durable, and what it gives is sent then and not before. */
  | { do: 'take'; deviceId: string; payload: Uint8Array; answer: (now: number) => readonly Uint8Array[] }
  /** Send at once: nothing that acknowledges a reading. */
  | { do: 'say'; bytes: Uint8Array }
  | { do: 'note'; notice: LinkNotice; deviceId?: string | undefined; detail: string }
  /** Close: what follows can't be trusted. */
  | { do: 'end'; notice: LinkNotice; deviceId?: string | undefined; detail: string };

/** What a protocol may ask the station. */
export interface LinkTools {
  /** The first of these ids that is registered and has this password; undefined: none. */
  login(deviceIds: readonly string[], password: string): string | undefined;
}

/** One connection. Total: never throws, whatever arrives. Times are epoch ms. */
export interface LinkSession {
  feed(chunk: Uint8Array, now: number): LinkStep[];
  /** Called about once a second: what is due because nothing came. */
  wake(now: number): LinkStep[];
}

/** A protocol of devices that speak over plain TCP. Pure: sockets and clocks are the listener's. */
export interface LinkDialect {
  name: 'sl651' | 'hj212';
  /** Under which topic its messages go to ingest; no MQTT client may publish to it. */
  topic: string;
  open(tools: LinkTools): LinkSession;
  /**
   * Asks a device for what it measured between two times, now or when it next speaks. False: it can't be asked. Absent: the protocol has no
   * such question.
   */
  rerequest?(deviceId: string, from: number, to: number): boolean;
}
