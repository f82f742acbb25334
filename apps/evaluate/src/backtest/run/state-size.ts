import type { PointEvaluator } from '#libs/evaluate';

/** The only hold on an evaluator: when it is let go, nothing keeps the evaluator's memory. */
export interface Held {
  evaluator?: PointEvaluator;
}

/** Bytes of memory that are freed when the evaluator is let go; null unless Node.js was started with --expose-gc. For benches. */
export async function bytesFreed(held: Held): Promise<number | null> {
  const { gc } = globalThis;
  if (!gc) return null;
  const used = (): number => {
    gc();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = used();
  delete held.evaluator;
  // In a turn of its own: the one that used it last may still have it in a register.
  await new Promise((resolve) => setImmediate(resolve));
  return before - used();
}
