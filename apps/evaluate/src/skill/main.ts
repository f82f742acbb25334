import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '#libs/platform';
import { skillPage, verdict } from './output/markdown.js';
import { folderOf } from './records.js';
import type { Section } from './section.js';
import { sectionMakers } from './sections.js';

/** A whole number from an option. @throws Error naming the option */
function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new Error(`--${name}: a whole number from ${least}, not ${text}`);
  return value;
}

const options = {
  data: { type: 'string' },
  only: { type: 'string', multiple: true },
  sites: { type: 'string', default: '1000' },
  seed: { type: 'string', default: '1' },
  creeps: { type: 'string', default: '3000' },
  threads: { type: 'string', default: String(availableParallelism()) },
  write: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** `npm run skill`. @returns exit code: 0, whatever was missed — a missed goal is a finding, not an error */
export async function runSkill(words: readonly string[], say: (text: string) => void): Promise<number> {
  const { values } = parseArgs({ args: [...words], options });
  const wanted = sectionMakers.filter(({ name }) => values.only === undefined || values.only.includes(name));
  const unknown = (values.only ?? []).filter((name) => !sectionMakers.some((maker) => maker.name === name));
  if (unknown.length > 0) throw new Error(`--only ${unknown.join(', ')}: there are ${sectionMakers.map(({ name }) => name).join(', ')}`);
  const settings = {
    data: values.data,
    sites: whole('sites', values.sites, 3),
    seed: whole('seed', values.seed, 1),
    creeps: whole('creeps', values.creeps, 1),
    threads: whole('threads', values.threads, 1),
    say,
  };
  const there = (needs: string | undefined) =>
    needs === undefined || needs.split(', ').every((name) => folderOf(values.data, name) !== null);
  const lacking = wanted.flatMap(({ name, needs }) => (there(needs) ? [] : [{ name, needs: needs ?? '' }]));
  const sections: Section[] = [];
  for (const { name, needs, make } of wanted) {
    if (!there(needs)) continue;
    say(name);
    sections.push(await make(settings));
  }
  const command = `npm run skill -- ${values.data === undefined ? '' : '--data DIR '}--sites ${settings.sites} --seed ${settings.seed} --creeps ${settings.creeps}`;
  if (values.write) write(sections, skillPage(sections, { command: `${command} --write`, lacking }));
  if (values.json)
    process.stdout.write(`${JSON.stringify({ sections: sections.map(({ charts: _charts, ...section }) => section), lacking })}\n`);
  else
    process.stdout.write(`${summary(sections)}${lacking.map(({ name, needs }) => `not run: ${name} needs ${needs} (--data)\n`).join('')}`);
  return 0;
}

function write(sections: readonly Section[], page: string): void {
  const docs = path.join(packageRoot(), 'docs');
  mkdirSync(path.join(docs, 'skill'), { recursive: true });
  writeFileSync(path.join(docs, 'skill.md'), page);
  for (const { file, svg } of sections.flatMap(({ charts = [] }) => charts)) writeFileSync(path.join(docs, 'skill', file), svg);
}

const summary = (sections: readonly Section[]): string =>
  sections
    .map(
      ({ title, goals }) =>
        `\n${title}\n${goals.map((goal) => `  ${verdict(goal).replaceAll('*', '').padEnd(7)} ${goal.what}: ${goal.figure} (goal: ${goal.goal})\n`).join('')}`,
    )
    .join('');
