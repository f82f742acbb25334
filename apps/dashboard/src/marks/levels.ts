import type { PointLevel, WarningLevel } from '#libs/contracts';

/**
 * How a level looks: the only place for its colour, shape and word. Never colour alone: with colour alone red is the
 * LEAST visible level to people with deuteranopia and yellow the most, so each level also has its own shape, its own dash
 * on charts, and a word (texts: i18n `level.*`).
 */
export interface LevelLook {
  /** Fill of the shape. */
  fill: string;
  /** Text of this colour on the dark ground; red and blue need a lighter tint there to keep contrast ≥ 4.5:1. */
  ink: string;
  /** Band behind a curve: the fill, so thin that the curve stays the loudest thing on the chart. */
  band: string;
  /** Dash of the threshold line on charts, canvas units. Distinct per level. */
  dash: readonly number[];
  /** Outline in a 24 × 24 box. */
  path: string;
  /** The same shape as one character, for plain text such as titles and summaries. */
  glyph: string;
  /** Key of its word. */
  word: `level.${PointLevel}`;
}

const circle = (r: number): string => `M${12 - r} 12a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;

export const levelLooks: Readonly<Record<PointLevel, LevelLook>> = {
  red: {
    fill: '#e53935',
    ink: '#ff8a86',
    band: 'rgb(229 57 53 / 13%)',
    dash: [],
    path: 'M12 1.8 23 21.5H1z',
    glyph: '▲',
    word: 'level.red',
  },
  orange: {
    fill: '#fb8c00',
    ink: '#ffb35c',
    band: 'rgb(251 140 0 / 10%)',
    dash: [10, 4],
    path: 'M12 1 23 12 12 23 1 12z',
    glyph: '◆',
    word: 'level.orange',
  },
  yellow: {
    fill: '#fdd835',
    ink: '#fbe272',
    band: 'rgb(253 216 53 / 7%)',
    dash: [5, 4],
    path: 'M3 3h18v18H3z',
    glyph: '■',
    word: 'level.yellow',
  },
  blue: {
    fill: '#1e88e5',
    ink: '#7dbcf5',
    band: 'rgb(30 136 229 / 8%)',
    dash: [2, 4],
    path: circle(9.5),
    glyph: '●',
    word: 'level.blue',
  },
  none: {
    fill: 'none',
    ink: '#b9c6d1',
    band: 'transparent',
    dash: [],
    path: circle(8),
    glyph: '○',
    word: 'level.none',
  },
  // Grey is not green: hatched, so that it can't be taken for quiet even without colour.
  unknown: {
    fill: 'url(#hatch)',
    ink: '#9aa7b3',
    band: 'transparent',
    dash: [],
    path: circle(8),
    glyph: '▨',
    word: 'level.unknown',
  },
};

/** Strongest first: the order of every list of levels on a screen. `unknown` stands above quiet. */
export const levelOrder: readonly PointLevel[] = ['red', 'orange', 'yellow', 'blue', 'unknown', 'none'];

/** The look of a level as a station sent it; a word we don't know is shown as unknown, never as quiet. */
export function lookOf(level: string): LevelLook {
  return levelLooks[pointLevel(level)];
}

export function pointLevel(level: string): PointLevel {
  return level in levelLooks ? (level as PointLevel) : 'unknown';
}

/** Negative when `a` stands above `b` in a list. */
export function byLevel(a: string, b: string): number {
  return levelOrder.indexOf(pointLevel(a)) - levelOrder.indexOf(pointLevel(b));
}

export const warningLevelsStrongestFirst: readonly WarningLevel[] = ['red', 'orange', 'yellow', 'blue'];
