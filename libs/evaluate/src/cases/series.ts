/**
 * Terse series notation of a case file, one item after another at equal steps:
 * `0.2` one sample · `0.2*60` sixty of them · `0.2+0.1*60` sixty, each 0.1 more than the one before (`-` for less) · `_` a missing
 * sample · `_*30` thirty missing. (Not `x`: YAML reads 0x10 as sixteen.)
 * @returns values in order, null where none came
 * @throws Error naming the item that can't be read
 */
export function parseSeries(text: string): (number | null)[] {
  return text
    .trim()
    .split(/\s+/)
    .flatMap((item) => {
      const gap = /^_(?:\*(\d+))?$/.exec(item);
      if (gap) return Array<null>(Number(gap[1] ?? 1)).fill(null);
      const run = /^(-?\d+(?:\.\d+)?)(?:([+-]\d+(?:\.\d+)?))?(?:\*(\d+))?$/.exec(item);
      if (!run || (run[2] !== undefined && run[3] === undefined))
        throw new Error(`"${item}": expected a number, 0.2*60, 0.2+0.1*60, _ or _*30`);
      const step = Number(run[2] ?? 0);
      return Array.from({ length: Number(run[3] ?? 1) }, (_, index) => Math.round((Number(run[1]) + step * index) * 1e9) / 1e9);
    });
}
