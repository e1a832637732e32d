// Sums up Jest's reports: which tests failed or needed a retry and why, the slowest specs, and the totals on the last line.
// Usage: node .ci/report.cjs <status of the other steps> <report.json>…
const { existsSync, readFileSync } = require('node:fs');
const { relative } = require('node:path');
const { stripVTControlCharacters } = require('node:util');

const [status, ...files] = process.argv.slice(2);
const reports = files.filter(existsSync).map((file) => JSON.parse(readFileSync(file, 'utf8')));
const specs = reports.flatMap(({ testResults }) => testResults);
const count = (of) => reports.reduce((sum, report) => sum + of(report), 0);
const missing = files.length - reports.length;

const start = (text) =>
  stripVTControlCharacters(text)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, 12)
    .join('\n      ')
    .slice(0, 900);
const name = (spec) => relative(process.cwd(), spec.name);

const tell = (title, of) => {
  const lines = specs.flatMap(of);
  if (lines.length > 0) console.log(`\n${title}\n${lines.join('\n')}`);
};
tell('Passed on a retry; the first attempt said:', (spec) =>
  spec.assertionResults
    .filter((test) => test.status === 'passed' && test.retryReasons?.length > 0)
    .map((test) => `  ${name(spec)}: ${test.fullName}\n      ${start(test.retryReasons[0])}`),
);
tell('Failed; the first attempt said:', (spec) => {
  const failed = spec.assertionResults.filter((test) => test.status === 'failed');
  if (failed.length === 0 && spec.status === 'failed') return [`  ${name(spec)}\n      ${start(spec.message)}`];
  return failed.map((test) => {
    const [reason = ''] = [...(test.retryReasons ?? []), ...test.failureMessages];
    return `  ${name(spec)}: ${test.fullName}\n      ${start(reason)}`;
  });
});

const seconds = (spec) => Math.round((spec.endTime - spec.startTime) / 1000);
const slowest = specs.toSorted((a, b) => seconds(b) - seconds(a)).slice(0, 10);
console.log(`\nSlowest specs: ${slowest.map((spec) => `${name(spec)} ${seconds(spec)} s`).join(', ')}`);

const passed = count((report) => report.numPassedTests);
const skipped = count((report) => report.numPendingTests + report.numTodoTests);
let failed = missing + count((report) => report.numFailedTests + report.numRuntimeErrorTestSuites);
if (status !== '0' && failed === 0) failed = 1; // a check that isn't a test
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
