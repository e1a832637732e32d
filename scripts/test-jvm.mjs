// npm run test:jvm: the specs that start a JVM (Java 17, Maven), which `npm test` leaves out. Arguments go to Jest.
import { spawnSync } from 'node:child_process';
import process from 'node:process';

const { status } = spawnSync(process.execPath, ['node_modules/jest/bin/jest.js', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, WAYBILL_JVM_SPECS: 'yes' },
});
process.exit(status ?? 1);
