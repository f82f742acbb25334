import { z } from 'zod';

const Params = z.record(z.string(), z.string());

export type Filled = { text: string } | { code: string; message: string };

/**
 * The vendor's checks of a template's parameters: a JSON object, every value a string, all variables there, none too long, nothing forbidden.
 * @param limit of one value, or of all together
 */
export function fillTemplate(template: string, given: string | undefined, limit: { each: number } | { all: number }): Filled {
  const wanted = [...template.matchAll(/\$\{(\w+)\}/g)].map((match) => match[1] ?? '');
  let params: unknown;
  try {
    params = JSON.parse(given ?? '{}');
  } catch {
    return { code: 'isv.INVALID_JSON_PARAM', message: 'JSON参数不合法' };
  }
  const strings = Params.safeParse(params);
  if (!strings.success) return { code: 'isv.INVALID_JSON_PARAM', message: 'JSON参数不合法，只接受字符串值' };
  const values = strings.data;
  if (wanted.some((name) => !values[name])) return { code: 'isv.TEMPLATE_MISSING_PARAMETERS', message: '模板缺少变量' };
  const text = Object.values(values);
  const tooLong = 'each' in limit ? text.some((value) => value.length > limit.each) : text.join('').length >= limit.all;
  if (tooLong) return { code: 'isv.PARAM_LENGTH_LIMIT', message: '参数超出长度限制' };
  if (text.some((value) => /https?:/.test(value))) return { code: 'isv.PARAM_NOT_SUPPORT_URL', message: '变量不支持URL' };
  if (text.some((value) => /\d{7,}|[【】]/.test(value))) return { code: 'isv.TEMPLATE_PARAMS_ILLEGAL', message: '模板变量里包含非法内容' };
  return { text: template.replace(/\$\{(\w+)\}/g, (_, name: string) => values[name] ?? '') };
}
