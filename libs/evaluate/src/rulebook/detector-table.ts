import { z } from 'zod';
import { detectorKinds } from '../detectors/index.js';
import { indicatorFields, type DetectorKind } from '../detectors/kind.js';
import { filterKinds } from '../filters/index.js';

interface Field {
  enum?: string[];
  const?: string;
  default?: unknown;
  type?: string;
  anyOf?: unknown;
}

/** The table of filters in alert-rules/README.md, made as that of detectors is. */
const filterTable = (): string =>
  [
    '| filter | 用途 / what for | 参数 / parameters | 依据 / source |',
    '| --- | --- | --- | --- |',
    ...filterKinds.map(
      ({ name, about, text }) => `| \`${name}\` | ${about.zh}<br>${about.en} | ${cell(parametersOf(text))} | ${cell(about.source)} |`,
    ),
  ].join('\n');

/**
 * The tables of detectors and of the filters of `clean` in alert-rules/README.md, as Markdown: name, what for, parameters beside those every indicator has, source. Made from the
 * kinds themselves, so that it can't say what they no longer are.
 */
export function detectorTable(kinds: readonly DetectorKind[] = detectorKinds): string {
  const rows = kinds.map((kind) => {
    const { about } = kind;
    const marks = [...(kind.supportOnly ? ['只作佐证 / support only'] : []), ...(kind.across ? ['跨仪器比较 / across instruments'] : [])];
    const purpose = [about ? `${about.zh}<br>${about.en}` : '', ...marks.map((mark) => `_${mark}_`)].join('<br>');
    return `| \`${kind.name}\` | ${cell(purpose)} | ${cell(parametersOf(kind.text))} | ${cell(about?.source ?? '')} |`;
  });
  return [
    '| detector | 用途 / what for | 参数 / parameters | 依据 / source |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    filterTable(),
  ].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function parametersOf(text: z.ZodObject): string {
  const { properties = {}, required = [] } = z.toJSONSchema(text, { io: 'input' }) as {
    properties?: Record<string, Field>;
    required?: string[];
  };
  const own = Object.entries(properties).filter(
    ([name]) => name !== 'detector' && name !== 'filter' && (name === 'unit' || !(name in indicatorFields)),
  );
  const shown = own.flatMap(([name, field]) => {
    if (name === 'unit') return field.const === undefined ? [] : [`unit: ${field.const}`];
    const values = field.enum ? ` ${field.enum.join(' / ')}` : '';
    const usual = field.default === undefined ? (required.includes(name) ? '' : '?') : ` (= ${defaultText(field.default)})`;
    return [`\`${name}\`${usual.startsWith('?') ? usual : `${values}${usual}`}`];
  });
  return shown.join('<br>') || '–';
}

const defaultText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
