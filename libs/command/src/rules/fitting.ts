import { Problem, type HazardPoint } from '#libs/contracts';
import { scopeFault, type Rulebook, type ScopedPoint } from '#libs/evaluate';
import type { CommandContext } from '../context.js';

type Asked = Omit<ScopedPoint, 'profiles'> & Pick<HazardPoint, 'rulebook'>;

/**
 * The rulebook in force that a point names must be made for such a point.
 * @throws Problem unknown-rulebook, rulebook-scope saying what does not fit
 */
export function requireFitting(context: CommandContext, point: Asked): void {
  const known = context.rulebooks();
  if (!known.includes(point.rulebook))
    throw new Problem(
      'unknown-rulebook',
      `No rulebook ${point.rulebook} is in force; choose one of ${known.join(', ') || '(none is in force)'}`,
      { known },
    );
  const book = context.rulebook(point.rulebook);
  const fault = book && scopeFault(book, withProfiles(context, point));
  if (fault) throw new Problem('rulebook-scope', `${fault.text.zh} · ${fault.text.en}`, { faults: [fault] });
}

/**
 * Every point a rulebook judges must lie in the scope of the version that is to judge it.
 * @throws Problem rulebook-scope naming each that does not
 */
export function requireFittingPoints(context: CommandContext, book: Rulebook): void {
  const faults = [...context.registry.points()]
    .filter((point) => point.rulebook === book.id && !point.closed)
    .flatMap((point) => scopeFault(book, withProfiles(context, point)) ?? []);
  const [first] = faults;
  if (!first) return;
  const more = faults.length > 1 ? ` (+${faults.length - 1})` : '';
  throw new Problem('rulebook-scope', `${first.text.zh} · ${first.text.en}${more}`, { faults });
}

const withProfiles = (context: CommandContext, point: Asked): ScopedPoint => ({
  ...point,
  profiles: context.registry.devicesOf(point.unifiedCode).map(({ profile }) => profile),
});
