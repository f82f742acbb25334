/** Lines a text gets when it is written to a file from the store: who, when, why. They are no part of the rulebook. */
export const headerMark = '#=';

/**
 * Identity of a rulebook's text: the first 12 hex digits of its hash. The header an export puts before it does not count, so a file that goes
 * out and comes back is the same version.
 * @param sha256 hex digest; the core has no crypto of its own
 */
export function rulebookVersion(text: string, sha256: (text: string) => string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => !line.startsWith(headerMark));
  return sha256(start <= 0 ? text : lines.slice(start).join('\n')).slice(0, 12);
}
