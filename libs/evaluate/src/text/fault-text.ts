import { z } from 'zod';

type Issue = z.core.$ZodIssue;
export interface PlainFault {
  path: readonly PropertyKey[];
  message: string;
}

const words = { en: z.locales.en().localeError, zh: z.locales.zhCN().localeError };
/** What zod itself would say of an issue. */
function usualText(language: keyof typeof words, issue: Issue): string {
  // A finished issue has all that a raw one needs to be put into words; only the types tell them apart.
  const made = words[language](issue as unknown as z.core.$ZodRawIssue);
  return typeof made === 'string' ? made : (made?.message ?? '');
}

/** What is wrong with a file, in words for who wrote it: Chinese first. One fault an issue, at the innermost place that shows it. */
export const faultsOf = (error: z.ZodError): PlainFault[] => error.issues.flatMap((issue) => unfolded(issue, []));

/** A text that may be one of several things is wrong where the likeliest of them is: the one that was followed furthest. */
function unfolded(issue: Issue, before: readonly PropertyKey[]): PlainFault[] {
  const path = [...before, ...issue.path];
  if (issue.code !== 'invalid_union') return [{ path, message: inWords(issue) }];
  const foreign = (branch: readonly Issue[]): boolean =>
    branch.some(({ code, path: inner }) => code === 'unrecognized_keys' && inner.length === 0);
  const depth = (branch: readonly Issue[]): number => (foreign(branch) ? 0 : Math.max(0, ...branch.map(({ path: inner }) => inner.length)));
  const likeliest = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0];
  if (likeliest && depth(likeliest) > 0) return likeliest.flatMap((inner) => unfolded(inner, path));
  const said = issue.errors.flat().find(({ code }) => code === 'custom');
  return [{ path, message: said ? said.message : inWords(issue) }];
}

function inWords(issue: Issue): string {
  if (issue.code === 'unrecognized_keys') return `没有这样的项 / no such field: ${issue.keys.join(', ')}`;
  const usual = issue.message === usualText('en', issue);
  if (issue.code === 'invalid_type' && 'input' in issue && issue.input === undefined)
    return `缺少此项 / this must be given${usual ? ` (${issue.expected})` : `：${issue.message}`}`;
  if (issue.code === 'invalid_value' && usual) return `只能是下列之一 / expected one of ${issue.values.map(String).join(', ')}`;
  if (!usual) return issue.message;
  return `${usualText('zh', issue)} / ${issue.message}`;
}
