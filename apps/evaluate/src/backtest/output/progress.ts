import type { JobProgress } from '../run/job.js';

/** A line that stays is written this often where there is no terminal, s. */
const everySeconds = 10;
/** A terminal's line is written anew this often, s. */
const redrawSeconds = 0.2;

/** Tells on stderr how far a long run is: one line that changes on a terminal, a line now and then in a log. */
export class Progress {
  readonly #shares = new Map<number, JobProgress>();
  #toldAt = performance.now();
  #drawn = false;

  constructor(
    private readonly jobs: number,
    private readonly stream: NodeJS.WriteStream = process.stderr,
  ) {}

  tell(job: number, state: JobProgress): void {
    this.#shares.set(job, state);
    const terminal = this.stream.isTTY;
    const now = performance.now();
    if (now - this.#toldAt < (terminal ? redrawSeconds : everySeconds) * 1000) return;
    this.#toldAt = now;
    const all = [...this.#shares.values()];
    const share = all.reduce((sum, one) => sum + one.share, 0) / this.jobs;
    const readings = all.reduce((sum, one) => sum + one.readings, 0);
    const text = `${Math.round(share * 100)} %  ${(readings / 1e6).toFixed(1)} M readings`;
    this.stream.write(terminal ? `\r\u001B[K${text}` : `${text}\n`);
    this.#drawn = terminal;
  }

  end(): void {
    if (this.#drawn) this.stream.write('\r\u001B[K');
  }
}
