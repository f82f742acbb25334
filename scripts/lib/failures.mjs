import path from 'node:path';

/** Lines of a message that are worth repeating: the assertion and where it stands, not the whole difference. */
const messageLines = 12;

/**
 * What failed, by the JSON report of Vitest or Jest: file, test and the beginning of its message, one text each.
 * A file that could not even be loaded is a failure without a test.
 */
export function failuresOf(report, root) {
  return report.testResults.flatMap((file) => {
    const name = path.relative(root, file.name);
    const tests = file.assertionResults.filter((test) => test.status === 'failed');
    if (tests.length > 0) return tests.map((test) => told(`${name} > ${test.fullName}`, (test.failureMessages ?? []).join('\n')));
    return file.status === 'failed' ? [told(name, file.message ?? '')] : [];
  });
}

function told(title, message) {
  const lines = message.split('\n').filter((line) => line.trim() !== '');
  return [title, ...lines.slice(0, messageLines).map((line) => `    ${line.trim()}`)].join('\n');
}
