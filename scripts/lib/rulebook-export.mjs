// `npm run rulebook -- export`: rules of a running station into files.
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { say } from './prepare.mjs';

const text = /** @type {const} */ ({ type: 'string' });

/** A whole list, page by page. */
async function all(ask, where) {
  const found = [];
  for (let cursor = ''; cursor !== null;) {
    const page = await ask(`${where}?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
    found.push(...page.items);
    cursor = page.nextCursor;
  }
  return found;
}

const oneLine = (words) => String(words ?? '').replaceAll(/\s+/g, ' ');

/** Lines that are no part of the rulebook: the station leaves them out when it names a version (rulebookVersion). */
export function withHeader(version, activation) {
  const lines = [
    `rulebook: ${version.rulebook}`,
    `version: ${version.version}`,
    `written: ${version.createdAt} by ${oneLine(version.author)}: ${oneLine(version.reason)}`,
    ...(version.active && activation
      ? [
          `in force since: ${activation.at} by ${oneLine(activation.by)}: ${oneLine(activation.reason)}${activation.forced ? ' (forced, without a dry run)' : ''}`,
        ]
      : ['not in force']),
  ];
  const bare = version.text.split('\n');
  while (bare[0]?.startsWith('#=')) bare.shift();
  return `${lines.map((line) => `#= ${line}\n`).join('')}${bare.join('\n')}`;
}

/** Writes NAME.rules.yaml for every rulebook in force, or one version of one of them. */
export async function exportRulebooks(args) {
  const { values } = parseArgs({ args, options: { out: text, rulebook: text, version: text, station: text, token: text } });
  if (values.version && !values.rulebook) throw new Error('npm run rulebook -- export: --version needs --rulebook ID (see --help)');
  const token = values.token ?? process.env.WANGSHAN_TOKEN;
  if (!token) throw new Error('npm run rulebook -- export: give --token or WANGSHAN_TOKEN (POST /api/v1/session answers one)');
  const station = values.station ?? process.env.WANGSHAN_STATION ?? 'http://127.0.0.1:3000';
  const out = path.resolve(process.env.INIT_CWD ?? process.cwd(), values.out ?? 'rules-in-force');
  const ask = async (where) => {
    const answer = await fetch(`${station}/api/v1${where}`, { headers: { authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`the station answers ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  const id = values.rulebook && encodeURIComponent(values.rulebook);
  const versions = values.version
    ? [await ask(`/rules/${id}/versions/${encodeURIComponent(values.version)}`)]
    : (await all(ask, '/rules')).filter((each) => !values.rulebook || each.rulebook === values.rulebook);
  if (versions.length === 0) throw new Error(`no rulebook ${values.rulebook ?? ''} is in force`);
  await mkdir(out, { recursive: true });
  for (const version of versions) {
    const [activation] = (await ask(`/rules/${encodeURIComponent(version.rulebook)}/activations?limit=1`)).items;
    const file = path.join(out, `${version.rulebook}.rules.yaml`);
    // Whole or not at all: a station may be watching the folder.
    await writeFile(`${file}.part`, withHeader(version, activation));
    await rename(`${file}.part`, file);
    say(`${file}: version ${version.version}`);
  }
}
