/**
 * One walk over the state of a part, by which it is written down or taken up: a part calls the same functions in the same order either
 * way, so what is written is what is read. Each takes what is now and answers what is to be: the same when writing, what was kept when reading.
 * Numbers are kept as they are, infinities included: a state taken up goes on to the last digit as the one it was kept of.
 */
export interface Keeper {
  /** True when kept state is taken up; into a part that is new. */
  readonly reading: boolean;
  number(now: number): number;
  /** A number that may be missing. */
  maybe(now: number | null): number | null;
  flag(now: boolean): boolean;
  text(now: string): string;
  /** How many follow. @param most more is refused: it is no state of this part */
  count(now: number, most?: number): number;
  /**
   * Numbers of a list in place; one that is no plain list is as long as the part made it. Equal neighbours take the room of one, and a list that stood
   * before takes that of two numbers: detectors of one channel keep the same blocks.
   */
  list(list: number[] | Float64Array | Uint16Array): void;
  /** A part that several share: kept by the first that comes to it, and only named by the others. */
  once(part: Shared): void;
  /** Parts by their names, in their order. @param make gives the new part of a name */
  map<T>(parts: ReadonlyMap<string, T>, make: (name: string) => T, keep: (part: T) => void): void;
}

/** What `Keeper.once` keeps. */
interface Shared {
  keep(keeper: Keeper): void;
}

/** What is kept is no state of this part: it was another version's, or is damaged. */
export class MisfitState extends Error {
  override name = 'MisfitState';
}

/** More of anything is damage, not state: a million samples of a channel are two years of one a minute. */
const mostOfAnything = 1_000_000;

/** Shorter lists are not worth a look for the same one. */
const shortest = 4;

function isSame(one: ArrayLike<number>, other: ArrayLike<number>): boolean {
  for (let at = 0; at < one.length; at += 1) if (!Object.is(one[at], other[at])) return false;
  return one.length === other.length;
}

/** A number few other lists have. Infinities may make it NaN, which a Map finds too. */
const markOf = (list: ArrayLike<number>): number =>
  list.length + 3 * (list[0] as number) + 5 * (list[list.length >> 1] as number) + 7 * (list[list.length - 1] as number);

export abstract class BaseKeeper implements Keeper {
  /** Lists written so far, by their marks; and those read. Nothing changes them during a walk. */
  readonly #lists = new Map<number, { list: ArrayLike<number>; nth: number }[]>();
  readonly #read: ArrayLike<number>[] = [];
  #nth = 0;
  /** Shared parts that have been kept or taken up. */
  readonly #shared = new Set<Shared>();

  abstract readonly reading: boolean;
  abstract number(now: number): number;
  abstract text(now: string): string;
  /** Numbers that follow each other, as `number`. @param count how many; the answer is not to be changed */
  protected abstract stretch(now: ArrayLike<number>, count: number): ArrayLike<number>;

  flag(now: boolean): boolean {
    return this.number(Number(now)) !== 0;
  }

  maybe(now: number | null): number | null {
    if (!this.flag(now !== null)) return null;
    return this.number(now ?? 0);
  }

  count(now: number, most = mostOfAnything): number {
    const count = this.number(now);
    if (!Number.isInteger(count) || count < 0 || count > most) throw new MisfitState(`${count} where at most ${most} can be`);
    return count;
  }

  list(list: number[] | Float64Array | Uint16Array): void {
    if (!this.reading) return this.#writeList(list);
    const read = this.#readList();
    if (Array.isArray(list)) list.length = read.length;
    else if (read.length !== list.length) throw new MisfitState(`${read.length} numbers in the place of ${list.length}`);
    for (let at = 0; at < read.length; at += 1) list[at] = read[at] as number;
  }

  once(part: Shared): void {
    const isFirst = !this.#shared.has(part);
    if (this.flag(isFirst) !== isFirst) throw new MisfitState('what several share was kept of others');
    if (!isFirst) return;
    this.#shared.add(part);
    part.keep(this);
  }

  map<T>(parts: ReadonlyMap<string, T>, make: (name: string) => T, keep: (part: T) => void): void {
    const count = this.count(parts.size);
    if (!this.reading)
      for (const [name, part] of parts) {
        this.text(name);
        keep(part);
      }
    else for (let at = 0; at < count; at += 1) keep(make(this.text('')));
  }

  #writeList(list: ArrayLike<number>): void {
    if (list.length < shortest) {
      this.number(-1);
      return this.#writeRuns(list);
    }
    const mark = markOf(list);
    const marked = this.#lists.get(mark);
    const same = marked?.find((one) => isSame(one.list, list));
    this.number(same ? same.nth : -1);
    if (same) return;
    const written = { list, nth: this.#nth++ };
    if (marked) marked.push(written);
    else this.#lists.set(mark, [written]);
    this.#writeRuns(list);
  }

  #readList(): ArrayLike<number> {
    const nth = this.number(-1);
    if (nth === -1) {
      const read = this.#readRuns();
      if (read.length >= shortest) this.#read.push(read);
      return read;
    }
    const same = this.#read[nth];
    if (!same) throw new MisfitState('a list it speaks of is not there');
    return same;
  }

  /** How many runs first: negative where each stands with how often it comes. */
  #writeRuns(list: ArrayLike<number>): void {
    let runs = 0;
    for (let at = 0; at < list.length; at += 1) if (at === 0 || !Object.is(list[at], list[at - 1])) runs += 1;
    if (runs * 2 >= list.length) {
      this.number(list.length);
      this.stretch(list, list.length);
      return;
    }
    this.number(-runs);
    for (let begin = 0, at = 1; begin < list.length; at += 1)
      if (at === list.length || !Object.is(list[at], list[begin])) {
        this.number(list[begin] as number);
        this.number(at - begin);
        begin = at;
      }
  }

  #readRuns(): ArrayLike<number> {
    const length = this.number(0);
    if (!Number.isInteger(length) || Math.abs(length) > mostOfAnything) throw new MisfitState(`a list of ${length}`);
    if (length >= 0) return this.stretch([], length);
    const list: number[] = [];
    for (let left = -length; left > 0; left -= 1) {
      const value = this.number(0);
      for (let times = this.count(0); times > 0; times -= 1) list.push(value);
    }
    return list;
  }
}
