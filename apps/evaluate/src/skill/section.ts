/** What was to be reached, and what was. */
export interface Goal {
  what: string;
  goal: string;
  figure: string;
  /** null: stated only, nothing was promised. */
  met: boolean | null;
}

export interface Table {
  caption: string;
  head: string[];
  rows: string[][];
}

/** One record or simulation with its goals. Sections that could not be run say why instead. */
export interface Section {
  name: string;
  title: string;
  /** What was judged, by which rulebook, and what was assumed; paragraphs of Markdown. */
  about: string[];
  goals: Goal[];
  tables?: Table[];
  charts?: { file: string; caption: string; svg: string }[];
}

export interface SectionOptions {
  /** Folder with records that may not be shipped; undefined: only those that ship. */
  data: string | undefined;
  /** Simulated sites of each noise. */
  sites: number;
  /** Which sites are drawn: another seed, another county. */
  seed: number;
  /** Runs of creep. */
  creeps: number;
  threads: number;
  /** One line about how far it is. */
  say: (text: string) => void;
}

/** A section by name; null: its record is not here. */
export interface SectionMaker {
  name: string;
  /** Folder in the data it needs, if the record doesn't ship. */
  needs?: string;
  make: (options: SectionOptions) => Promise<Section>;
}

export const digits = (value: number | null | undefined, places = 1): string =>
  value === null || value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(places);

/** `0.983 (0.964–0.992)`: a share with its 95 % interval. */
export const shareText = ({ value, low, high }: { value: number | null; low: number | null; high: number | null }, places = 3): string =>
  value === null ? '–' : `${digits(value, places)} (${digits(low, places)}–${digits(high, places)})`;
