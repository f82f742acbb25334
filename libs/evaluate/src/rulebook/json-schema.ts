import { z } from 'zod';
import { CaseFile } from '../cases/case-file.js';
import { RulebookText } from './rulebook-schema.js';

/** What editors check a file by while it is written (draft 7: the one yaml-language-server knows best). */
const schemaOf = (type: z.ZodType, title: string): Record<string, unknown> => ({
  ...z.toJSONSchema(type, { io: 'input', target: 'draft-07', reused: 'ref' }),
  title,
});

/** JSON Schema of `*.rules.yaml`. It can't know units that must agree or names that lead nowhere: `npm run rulebook -- check` does. */
export const rulebookJsonSchema = (): Record<string, unknown> => schemaOf(RulebookText, '望山预警规则集 / Wangshan rulebook');

/** JSON Schema of `*.cases.yaml`. */
export const casesJsonSchema = (): Record<string, unknown> => schemaOf(CaseFile, '望山规则样例 / Wangshan rulebook cases');
