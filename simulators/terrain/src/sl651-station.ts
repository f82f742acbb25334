import { connect, type Socket } from 'node:net';
import { buildSl651, parseSl651, sl651Afn, sl651Symbol, type Sl651Frame } from '#devices';
import { CIVIL_OFFSET, civilDigits } from '#libs/contracts';

/** What the station is set up with: its address (ten digits) and the four digits `POST /devices` shows. */
export interface Sl651Setup {
  port: number;
  address: string;
  password: string;
}

/** `yyMMddHHmmss`, Beijing time. */
const stamp = (time: number): string => civilDigits(time).slice(2, 14);
/** Rain total, 0.1 mm in six digits of BCD. */
const total = (mm: number): string => String(Math.round(mm * 10)).padStart(6, '0');

/**
 * A rain station of SL 651-2014 on a socket: sends its running total (element 26), remembers what it measured, and answers when its centre
 * asks for a stretch of it (AFN 38). What did not reach the centre it does not send again by itself.
 */
export class Sl651Station {
  /** Frames of the centre, in their order. */
  readonly heard: Sl651Frame[] = [];
  readonly #measured = new Map<number, number>();
  #waiting: Buffer = Buffer.alloc(0);
  #serial = 0;

  private constructor(
    private readonly socket: Socket,
    private readonly setup: Sl651Setup,
  ) {
    socket.on('data', (chunk) => this.#listen(chunk));
    socket.on('error', () => socket.destroy());
  }

  /** @throws when nobody listens there */
  static async connect(setup: Sl651Setup): Promise<Sl651Station> {
    const socket = connect({ port: setup.port, host: '127.0.0.1', noDelay: true });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new Sl651Station(socket, setup);
  }

  /** A total measured and kept, of which no report is made: the modem is off. Time: epoch ms, whole minutes. */
  keep(time: number, mm: number): void {
    this.#measured.set(time, mm);
  }

  /** A total measured, kept and reported; `lost`: the report never reaches the centre. */
  measure(time: number, mm: number, lost = false): void {
    this.keep(time, mm);
    this.#serial += 1;
    if (!lost) this.#say(sl651Afn.timed, `${this.#about(time)}2619${total(mm)}`);
  }

  /** Sends any elements (hex) measured at a time. */
  send(time: number, elements: string): void {
    this.#serial += 1;
    this.#say(sl651Afn.timed, this.#about(time) + elements);
  }

  close(): void {
    this.socket.destroy();
  }

  #about(time: number): string {
    return `F1F1${this.setup.address}50F0F0${stamp(time).slice(0, 10)}`;
  }

  #say(afn: number, content: string): void {
    const head = this.#serial.toString(16).padStart(4, '0') + stamp(Date.now());
    const { address: station, password } = this.setup;
    this.socket.write(
      buildSl651({ station, password, centre: 1 }, { afn, end: sl651Symbol.ETX, body: Buffer.from(head + content, 'hex') }),
    );
  }

  #listen(chunk: Buffer): void {
    this.#waiting = Buffer.concat([this.#waiting, chunk]);
    for (;;) {
      const parsed = parseSl651(this.#waiting);
      if (typeof parsed === 'string') return;
      this.#waiting = this.#waiting.subarray(parsed.size);
      this.heard.push(parsed.frame);
      if (parsed.frame.afn === sl651Afn.history && parsed.frame.end === sl651Symbol.ENQ) this.#answer(parsed.frame);
    }
  }

  /** From and to are whole hours, the step days, hours and minutes: `… 26031405 26031406 0418 000005 2619`. */
  #answer({ body }: Sl651Frame): void {
    const digits = Buffer.from(body).toString('hex').slice(16);
    if (digits.slice(-4) !== '2619') return;
    const [from, to] = [hourOf(digits.slice(0, 8)), hourOf(digits.slice(8, 16))];
    const [days, hours, minutes] = [20, 22, 24].map((at) => Number(digits.slice(at, at + 2)));
    const step = ((days ?? 0) * 1440 + (hours ?? 0) * 60 + (minutes ?? 0)) * 60_000;
    let values = '';
    for (let time = from; time <= to; time += step) {
      const mm = this.#measured.get(time);
      values += mm === undefined ? 'FFFFFF' : total(mm);
    }
    this.#serial += 1;
    this.#say(sl651Afn.history, `${this.#about(from)}0418${digits.slice(20, 26)}2619${values}`);
  }
}

/** `yyMMddHH` in Beijing time as epoch ms. */
function hourOf(digits: string): number {
  const [year, month, day, hour] = [0, 2, 4, 6].map((at) => Number(digits.slice(at, at + 2)));
  return Date.UTC(2000 + (year ?? 0), (month ?? 1) - 1, day, hour) - CIVIL_OFFSET;
}
