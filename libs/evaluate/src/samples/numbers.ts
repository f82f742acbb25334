/** Numbers of one slab: half a megabyte. Larger: a point that goes leaves more behind for its neighbours' sake. Smaller: more pieces for the collector. */
const slabSize = 65_536;
/** Longer stretches have a piece of memory of their own. */
const longest = slabSize / 16;

let slab = new ArrayBuffer(0);
let used = 0;

/**
 * Room for so many numbers, all 0: a stretch of a piece of memory that many have together. Each piece of memory outside the heap is asked of the system, filled with
 * zeros and looked after by the collector by itself, and a thousand points have hundreds of thousands of windows. The piece goes when all its stretches have gone; points come and go together.
 */
export function numbers(count: number): Float64Array<ArrayBuffer> {
  if (count > longest) return new Float64Array(count);
  const bytes = count * Float64Array.BYTES_PER_ELEMENT;
  if (used + bytes > slab.byteLength) {
    slab = new ArrayBuffer(slabSize * Float64Array.BYTES_PER_ELEMENT);
    used = 0;
  }
  const own = new Float64Array(slab, used, count);
  used += bytes;
  return own;
}
