import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { quarantineReasons } from '#libs/contracts';
import { packageRoot } from '#libs/platform';

const root = packageRoot();
const folders = ['docs', 'libs', 'apps', 'devices', 'simulators', 'bench', 'alert-rules', 'scripts'];
const built = /(^|[/\\])(node_modules|dist|reports)([/\\]|$)/;

/** Paths below the root, of everything a person wrote. */
const files = [
  ...readdirSync(root),
  ...folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => path.join(folder, file)),
  ),
].filter((file) => !built.test(file));
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** Names a heading can be linked by, as the forges make them: lower case, without punctuation, blanks as hyphens. */
function anchorsOf(page: string): Set<string> {
  const headings = page.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6} (.+)$/gm);
  return new Set(
    [...headings].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\- _]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

it('every link of a document leads to a file that is there, and to a heading it has', () => {
  const dead: string[] = [];
  const pages = files.filter((file) => file.endsWith('.md'));
  for (const file of pages) {
    for (const [, target = ''] of read(file).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [to, anchor] = target.split('#');
      const wanted = !to ? file : path.join(path.dirname(file), to);
      const there = existsSync(path.join(root, wanted));
      if (!there || (anchor !== undefined && !anchorsOf(read(wanted)).has(anchor))) dead.push(`${file}: ${target}`);
    }
  }
  expect(pages.length).toBeGreaterThan(30);
  expect(dead).toEqual([]);
});

it('every page a comment sends its reader to is there', () => {
  const missing: string[] = [];
  for (const file of files.filter((each) => /\.(ts|mjs|cjs|sql|yaml|vue)$/.test(each))) {
    for (const [cited] of read(file).matchAll(/(?<![\w/])docs\/[\w./-]*[\w]/g)) {
      const folder = path.join(root, path.dirname(cited));
      // Decisions may be cited by their number alone: docs/adr/0020.
      const there =
        existsSync(path.join(root, cited)) ||
        (existsSync(folder) && readdirSync(folder).some((each) => each.startsWith(`${path.basename(cited)}-`)));
      if (!there) missing.push(`${file}: ${cited}`);
    }
  }
  expect(missing).toEqual([]);
});

it('alarms.md says of every alarm what to do', () => {
  const page = read('docs/operations/alarms.md');
  const sources = files.filter((file) => /^(apps|libs)[/\\].*(?<!\.spec)\.ts$/.test(file) && read(file).includes('SystemAlarm'));
  const codes = sources.flatMap((file) => [...read(file).matchAll(/code: ['`]([a-z-]+)[^\n]*\n\s+level: /g)].map(([, code = '']) => code));
  expect(codes.length).toBeGreaterThanOrEqual(5);
  expect(codes.filter((code) => !page.includes(`| \`${code}`))).toEqual([]);
});

it('devices.md says of every reason of quarantine what to do', () => {
  const page = read('docs/operations/devices.md').split('## Quarantine')[1] ?? '';
  expect(quarantineReasons.filter((reason) => !page.includes(`\`${reason}\``))).toEqual([]);
});
