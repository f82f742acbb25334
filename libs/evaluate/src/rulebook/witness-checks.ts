import type { WarningLevel } from '#libs/contracts';
import { reachesOf, type Condition } from '../conditions/condition.js';
import { kindMarks } from '../detectors/index.js';
import { sensorKindOfKey } from '../indicators/fact-key.js';
import type { Fault } from './rulebook-checks.js';
import type { RulebookText } from './rulebook-schema.js';

type Book = RulebookText;

/**
 * Kinds of sensor a condition can be held by (`L1_LF`, `L1_GP`); undefined where a channel pattern leaves it open (`*.freeboard`), which then may be any number.
 */
function kindsIn(book: Book, condition: Condition): ReadonlySet<string> | undefined {
  const kinds = new Set<string>();
  for (const { indicator } of reachesOf(condition, 'red'))
    for (const { text } of book.indicators[indicator]?.channel ?? []) {
      const kind = sensorKindOfKey(`${indicator}||${text}`);
      if (kind.includes('*')) return undefined;
      kinds.add(kind);
    }
  return kinds;
}

/** Whether a condition hangs on indicators across the point only, which are one witness however many instruments stand behind them. */
const isAcross = (book: Book, condition: Condition): boolean =>
  reachesOf(condition, 'red').every(({ indicator }) => {
    const known = book.indicators[indicator];
    return known !== undefined && kindMarks(known).across === true;
  });

/**
 * Confirmation that can never be met, or that is never asked: a level would stay a candidate for ever, and whoever wrote it believes that households are
 * told. Names that lead nowhere are found elsewhere and judged as if they could be anything.
 */
export function witnessFaults(book: Book, level: WarningLevel): Fault[] {
  const own = book.levels[level];
  if (!own) return [];
  const { instruments, kinds = 1, 'or-with': second } = { ...book.persistence, ...own.persistence };
  const where = (field: keyof typeof own.persistence): string[] =>
    own.persistence[field] === undefined ? ['persistence', field] : ['levels', level, 'persistence', field];
  if (reachesOf(own.when, level).some(({ indicator }) => !book.indicators[indicator])) return [];
  const held = kindsIn(book, own.when);
  const faults: Fault[] = [];
  if (held && kinds > held.size)
    faults.push({
      path: where('kinds'),
      message: `${level} 只涉及 ${held.size} 类仪器（${[...held].join('、')}），不可能有 ${kinds} 类 / kinds ${kinds} can never be met at ${level}: its indicators read ${held.size} (${[...held].join(', ')})`,
    });
  if (isAcross(book, own.when) && Math.max(instruments, kinds) > 1 && !second)
    faults.push({
      path: where(instruments > 1 ? 'instruments' : 'kinds'),
      message: `${level} 只有跨仪器指标，只算一个见证 / ${level} can never be confirmed: an indicator across instruments is one witness, expected instruments 1`,
    });
  if (!second) return faults;
  if (instruments === 1 && kinds === 1)
    faults.push({
      path: where('or-with'),
      message: `${level} 一台仪器即可确认，or-with 没有作用 / or-with is never asked at ${level}, where one instrument confirms: expected instruments or kinds of 2 and more, or no or-with`,
    });
  const others = kindsIn(book, second);
  const [only] = held ?? [];
  if (held?.size === 1 && others && others.size > 0 && [...others].every((kind) => kind === only))
    faults.push({
      path: where('or-with'),
      message: `or-with 与 ${level} 的指标同属 ${only} 一类，不能互相印证 / or-with can never confirm ${level}: both read ${only}, and a second sign is of another kind of sensor`,
    });
  return faults;
}
