import { Duplex } from 'node:stream';

/** One end of an in-memory connection: what is written to it is read from the other end. */
class End extends Duplex {
  other: End | undefined;
  #resume: (() => void) | undefined;

  override _read(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const { other } = this;
    if (!other || other.destroyed) return done(new Error('the other end is gone'));
    if (other.push(chunk)) done();
    else other.#resume = () => done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.other?.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const { other } = this;
    this.other = undefined;
    if (other && !other.destroyed) setImmediate(() => other.destroy());
    done(error);
  }
}

/** Two ends of one connection, without a socket (exemplar: moscajs/aedes test/helper.js). It can't show what a slow or broken network does. */
export function duplexPair(): [Duplex, Duplex] {
  const a = new End();
  const b = new End();
  a.other = b;
  b.other = a;
  return [a, b];
}
