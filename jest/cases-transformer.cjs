// Turns one alert-rules/*.cases.yaml into a jest test file: the YAML is the test list (alert-rules/README.md).
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const path = require('node:path');

const library = path.join(__dirname, '..', 'libs', 'evaluate', 'src', 'index.ts');

/** The rulebook's text is part of the generated test, so it must be part of the cache key. */
const rulesText = (cases, file) => {
  const name = /^rules:\s*([\w-]+\.rules\.yaml)\s*$/m.exec(cases)?.[1];
  if (!name) throw new Error(`${file}: a line must name its rulebook, "rules: <name>.rules.yaml"`);
  return { name, text: readFileSync(path.join(path.dirname(file), name), 'utf8') };
};

module.exports = {
  getCacheKey(cases, file) {
    const own = readFileSync(__filename, 'utf8');
    return createHash('sha256')
      .update([own, file, cases, rulesText(cases, file).text].join('\u0000'))
      .digest('hex');
  },

  process(cases, file) {
    const rules = rulesText(cases, file);
    const code = `
      const { parseCaseFile, parseRulebook, runCase } = require(${JSON.stringify(library)});
      const file = parseCaseFile(${JSON.stringify(cases)}, ${JSON.stringify(path.basename(file))});
      const rulebook = parseRulebook(${JSON.stringify(rules.text)}, ${JSON.stringify(rules.name)}, 'case');
      describe(rulebook.id + ' ' + rulebook.title.zh, () => {
        for (const one of file.cases)
          test(one.name, async () => {
            expect(await runCase(rulebook, one)).toEqual([]);
          });
      });
    `;
    return { code };
  },
};
