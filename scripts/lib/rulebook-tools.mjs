// `npm run rulebook -- check FILE…` and `-- schema`: what a rule author needs while writing.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root, run } from './prepare.mjs';

const evaluate = () => import(path.join(root, 'dist', 'libs', 'evaluate', 'src', 'index.js'));

/** Reads each file as the station would; prints every fault as `file:line: where: what was expected`. Ends with 1 when there is one. */
export async function check(files) {
  if (files.length === 0) throw new Error('npm run rulebook -- check FILE…: name at least one *.rules.yaml or *.cases.yaml');
  const { parseCaseFile, parseRulebook } = await evaluate();
  let bad = 0;
  for (const file of files) {
    try {
      const text = readFileSync(path.resolve(process.env.INIT_CWD ?? process.cwd(), file), 'utf8');
      if (file.endsWith('.cases.yaml')) parseCaseFile(text, file);
      else parseRulebook(text, file, createHash('sha256').update(text).digest('hex').slice(0, 12));
      process.stdout.write(`${file}: 无误 / no fault\n`);
    } catch (error) {
      bad += 1;
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  if (bad > 0) process.exitCode = 1;
}

/** Writes the JSON Schemas editors use, and the table of detectors in the README, from the code. */
export async function schema() {
  const { casesJsonSchema, detectorTable, rulebookJsonSchema } = await evaluate();
  const folder = path.join(root, 'alert-rules');
  const write = (name, text) => writeFileSync(path.join(folder, name), text);
  write('rulebook.schema.json', `${JSON.stringify(rulebookJsonSchema(), null, 2)}\n`);
  write('cases.schema.json', `${JSON.stringify(casesJsonSchema(), null, 2)}\n`);
  const mark = '<!-- detectors -->';
  const [before, , after] = readFileSync(path.join(folder, 'README.md'), 'utf8').split(mark);
  write('README.md', `${before}${mark}\n\n${detectorTable()}\n\n${mark}${after}`);
  const written = ['rulebook.schema.json', 'cases.schema.json', 'README.md'].map((name) => path.join('alert-rules', name));
  await run(path.join(root, 'node_modules', '.bin', 'prettier'), ['--write', ...written], { quiet: true });
  process.stdout.write(`${written.join('\n')}\n`);
}
