import { topics, type LinkDialect, type LinkSession, type LinkStep, type LinkTools } from '#libs/contracts';
import { parseDeviceTime } from '../time.js';
import { stampText } from './bcd.js';
import { bodyItems } from './body.js';
import { idsOf, OPENING_BYTES } from './codec.js';
import { acknowledge, askForPart, queryHistory, setClock, type Sl651Party } from './downlink.js';
import { historyElements } from './elements.js';
import { afn, symbol, withoutPassword, type Sl651Frame } from './frame.js';
import { Sl651Parts } from './parts.js';
import { Sl651Reader, type ReadFrame } from './reader.js';
import { Sl651Serials, type SerialGap, type Span } from './serials.js';

/** Bytes without a good frame before a connection is closed: two of the longest frames, so that one that was garbled is survived. */
const MAX_NOISE = 8192;
/** A clock this far off is set. Less: every message of a slow link sets it; more: its readings count as late (contract.md, "Late"). */
const CLOCK_OFF_MS = 5 * 60_000;
/** History is asked for in this step, up to a day; a longer gap in hours. A finer step of a long gap would not fit a station's memory of messages. */
const FINE_STEP_MINUTES = 5;
const DAY_MS = 86_400_000;
/** Longer gaps are cut to their newest month: an answer takes as many parts as the radio link has patience for. */
const MAX_QUERY_MS = 31 * DAY_MS;

const rule = { marked: 'local', unmarked: 'local' } as const;
const timeAt = (bytes: Uint8Array): number => parseDeviceTime(stampText(bytes), rule) ?? Number.NaN;

/** SL 651-2014 on one connection: finds frames, checks passwords, gathers parts, answers when what came is durable. */
export class Sl651Session implements LinkSession {
  readonly #reader = new Sl651Reader();
  #parts: { gathered: Sl651Parts; deviceId: string } | undefined;
  /** Stations that keep the line open, and how to address them: they can be asked at any time. */
  readonly #online = new Map<string, Sl651Party>();
  /** Questions put on this connection and not answered yet: a station told EOT would hang up on the rest. */
  #unanswered = 0;
  #clockSet = false;

  constructor(
    private readonly tools: LinkTools,
    private readonly serials: Sl651Serials,
  ) {}

  feed(chunk: Uint8Array, now: number): LinkStep[] {
    const steps = this.#reader.feed(chunk).flatMap((read) => this.#frame(read, now));
    if (this.#reader.skipped > MAX_NOISE)
      steps.push({ do: 'end', notice: 'unreadable', detail: `${this.#reader.skipped} bytes without an SL 651 frame` });
    return steps;
  }

  wake(now: number): LinkStep[] {
    const asked = [...this.#online].flatMap(([deviceId, party]) => this.#queries(party, deviceId, now));
    return [...this.#askForMissing(now), ...asked.map((bytes): LinkStep => ({ do: 'say', bytes }))];
  }

  #frame(read: ReadFrame, now: number): LinkStep[] {
    const { frame } = read;
    if (!frame.up) return [{ do: 'note', notice: 'unreadable', detail: 'a frame of a centre came from a station' }];
    const deviceId = this.tools.login(idsOf(frame.station), frame.password);
    if (deviceId === undefined)
      return [{ do: 'end', notice: 'refused', detail: `station ${frame.station}: not registered, or wrong password` }];
    if (frame.afn === afn.heartbeat) {
      // It repeats the number of the last message (§6.6.4.2), which may be one that was lost: noting it would hide the loss.
      this.#online.set(deviceId, { station: frame.station, centre: frame.centre, password: frame.password });
      return [{ do: 'note', notice: 'heartbeat', deviceId, detail: '' }];
    }
    const masked = { frame, bytes: withoutPassword(read.bytes) };
    if (frame.part && frame.part.total > 1) return this.#part(masked, deviceId, now);
    return this.#take(masked, masked.bytes, deviceId, now);
  }

  #part(read: ReadFrame, deviceId: string, now: number): LinkStep[] {
    const steps: LinkStep[] = [];
    if (this.#parts && !this.#parts.gathered.belongs(read)) steps.push(...this.#giveUp());
    this.#parts ??= { gathered: new Sl651Parts(read), deviceId };
    const { gathered } = this.#parts;
    if (!gathered.add(read, read.frame.end === symbol.ETX, now)) {
      this.#parts = undefined;
      return [...steps, { do: 'end', notice: 'too-large', deviceId, detail: 'a message of more than 1 MiB' }];
    }
    const { opening } = gathered;
    if (!gathered.isComplete || !opening)
      return [...steps, { do: 'note', notice: 'part', deviceId, detail: '' }, ...this.#askForMissing(now)];
    this.#parts = undefined;
    return [...steps, ...this.#take(opening, gathered.payload(), deviceId, now)];
  }

  #askForMissing(now: number): LinkStep[] {
    if (!this.#parts) return [];
    const { gathered, deviceId } = this.#parts;
    const due = gathered.due(now);
    const missing = gathered.missing();
    if (due === 'wait' || missing === undefined) return [];
    if (due === 'give-up') return this.#giveUp();
    const { frame } = gathered.first;
    const serial = gathered.opening ? serialOf(gathered.opening.frame) : 0;
    return [
      { do: 'note', notice: 'parts-missing', deviceId, detail: `part ${missing} of ${gathered.total} is asked for again` },
      { do: 'say', bytes: askForPart(frame, missing, serial, now) },
    ];
  }

  /** What came of a message is put aside and not acknowledged: the station keeps it. */
  #giveUp(): LinkStep[] {
    if (!this.#parts) return [];
    const { gathered, deviceId } = this.#parts;
    this.#parts = undefined;
    return [
      { do: 'note', notice: 'parts-missing', deviceId, detail: `part ${gathered.missing()} of ${gathered.total} never came` },
      { do: 'take', deviceId, payload: gathered.payload(), answer: () => [] },
    ];
  }

  #take({ frame }: ReadFrame, payload: Uint8Array, deviceId: string, now: number): LinkStep[] {
    const gap = this.#noteSerial(frame, deviceId);
    const steps: LinkStep[] = [];
    if (gap)
      steps.push({
        do: 'note',
        notice: 'serial-gap',
        deviceId,
        detail: `${gap.lost} messages before number ${serialOf(frame)} never came`,
      });
    const setsClock = this.#clockIsOff(frame, now);
    if (setsClock)
      steps.push({ do: 'note', notice: 'clock-off', deviceId, detail: 'the clock of the station is more than 5 minutes off: it is set' });
    if (gap) this.serials.want(deviceId, gap);
    if (this.#unanswered > 0 && answersUs(frame)) this.#unanswered -= 1;
    const answer = (at: number): Uint8Array[] => {
      const more = this.#queries(frame, deviceId, at);
      if (setsClock) {
        more.push(setClock(frame, at));
        this.#unanswered += 1;
      }
      return [acknowledge(frame, serialOf(frame), at, this.#online.has(deviceId) || this.#unanswered > 0), ...more];
    };
    return [...steps, { do: 'take', deviceId, payload, answer }];
  }

  /** Questions for what is missing of a device. */
  #queries(party: Sl651Party, deviceId: string, now: number): Uint8Array[] {
    const asked = this.serials.takeWanted(deviceId).flatMap((span) => queries(party, span, this.serials.elements(deviceId), now));
    this.#unanswered += asked.length;
    return asked;
  }

  #noteSerial(frame: Sl651Frame, deviceId: string): SerialGap | undefined {
    const items = bodyItems(frame.body.subarray(OPENING_BYTES));
    const time = items.find((item) => item.is === 'time');
    // What was asked for again tells of the past; its time is not the time of the newest message.
    const observed = frame.afn === afn.history || time?.is !== 'time' ? Number.NaN : (parseDeviceTime(time.text, rule) ?? Number.NaN);
    const elements = items.flatMap((item) => (item.is === 'value' ? [item.id] : []));
    const serial = serialOf(frame);
    return serial === 0 ? undefined : this.serials.seen(deviceId, { serial, observed, elements });
  }

  /** Once a connection: a station that does not take the time is not told again and again. */
  #clockIsOff(frame: Sl651Frame, now: number): boolean {
    const off = Math.abs(timeAt(frame.body.subarray(2, OPENING_BYTES)) - now) > CLOCK_OFF_MS;
    if (!off || this.#clockSet || frame.afn === afn.clock) return false;
    this.#clockSet = true;
    return true;
  }
}

const serialOf = (frame: Sl651Frame): number => (frame.body.length < 2 ? 0 : ((frame.body[0] ?? 0) << 8) | (frame.body[1] ?? 0));

/** The end of an answer to a question of ours. */
const answersUs = ({ afn: code, part, end }: Sl651Frame): boolean =>
  (code === afn.history || code === afn.clock) && (part !== undefined || end === symbol.ETX);

function queries(party: Sl651Party, span: Span, elements: ReadonlySet<string>, now: number): Uint8Array[] {
  const from = Math.max(span.from, span.to - MAX_QUERY_MS);
  const stepMinutes = span.to - from > DAY_MS ? 60 : FINE_STEP_MINUTES;
  return historyElements
    .filter(({ id }) => elements.has(id))
    .map(({ element }) => queryHistory(party, { from, to: span.to, stepMinutes, element }, now));
}

/** SL 651-2014 for the listener. Serial numbers are remembered from one connection of a station to the next. */
export function sl651Dialect(): LinkDialect {
  const serials = new Sl651Serials();
  return {
    name: 'sl651',
    topic: topics.sl651,
    open: (tools) => new Sl651Session(tools, serials),
    // A station that keeps the line is asked within a second, one that sleeps in the answer to its next message.
    rerequest: (deviceId, from, to) => serials.want(deviceId, { from, to }),
  };
}
