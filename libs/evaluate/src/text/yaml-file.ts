import { LineCounter, isNode, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { faultsOf } from './fault-text.js';

export interface RulebookFault {
  line: number;
  /** Where in the file, e.g. `levels.red.when`. */
  where: string;
  message: string;
}

/** A file that is not what it should be. The message has one line a fault: file, line, place, what was expected. */
export class RulebookError extends Error {
  override readonly name = 'RulebookError';
  constructor(
    readonly file: string,
    readonly faults: readonly RulebookFault[],
  ) {
    super(faults.map((fault) => `${file}:${fault.line}: ${fault.where === '' ? '' : `${fault.where}: `}${fault.message}`).join('\n'));
  }
}

/**
 * Reads YAML by a schema.
 * @param checks what one field alone can't show to be wrong
 * @throws RulebookError naming every fault with its line
 */
export function readYaml<Schema extends z.ZodType>(
  text: string,
  file: string,
  schema: Schema,
  checks: (read: z.infer<Schema>) => readonly { path: readonly PropertyKey[]; message: string }[] = () => [],
): z.infer<Schema> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const refuse = (faults: readonly RulebookFault[]): void => {
    if (faults.length > 0) throw new RulebookError(file, faults);
  };
  refuse(
    document.errors.map(({ linePos, message }) => ({
      line: linePos?.[0].line ?? 1,
      where: '',
      message: message.split('\n')[0] ?? message,
    })),
  );
  const placed = (faults: readonly { path: readonly PropertyKey[]; message: string }[]): RulebookFault[] =>
    faults.map(({ path, message }) => ({ line: lineOf(document, lines, path), where: path.map(String).join('.'), message }));
  const parsed = schema.safeParse(document.toJS(), { reportInput: true });
  if (!parsed.success) throw new RulebookError(file, placed(faultsOf(parsed.error)));
  refuse(placed(checks(parsed.data)));
  return parsed.data;
}

/** Line of a place, or of the innermost thing around it that is there. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(
      path.slice(0, length).map((key) => (typeof key === 'symbol' ? String(key) : key)),
      true,
    );
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
