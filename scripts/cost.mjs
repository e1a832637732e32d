// npm run cost: places orders one at a time and prints what each costs. npm run cost:write: also puts it into test/cost/README.md.
import { spawnSync } from 'node:child_process';
import process from 'node:process';

const [mode = 'print', ...args] = process.argv.slice(2);
const { status } = spawnSync(
  process.execPath,
  ['node_modules/jest/bin/jest.js', '--testPathPatterns', 'test/cost/cost.e2e-spec', ...args],
  {
    stdio: 'inherit',
    env: { ...process.env, COST: mode },
  },
);
process.exit(status ?? 1);
