// npm run migrate [-- order payment …]: brings the databases up to date without starting the apps, which would do so at boot.
import { spawnSync } from 'node:child_process';
import process from 'node:process';

import { SERVICE_SETTINGS } from '../dist/libs/contracts/src/service-settings.js';
import { SERVICE_NAMES } from '../dist/libs/contracts/src/services.js';
import { chosenEnvironment } from '../dist/libs/embedded/src/processes/chosen-environment.js';

const asked = process.argv.length > 2 ? process.argv.slice(2) : SERVICE_NAMES;

if (!process.env.DATABASE_URL) {
  fail(
    'DATABASE_URL is not set. It names the PostgreSQL server, for example postgresql://postgres@127.0.0.1:5432/postgres.',
  );
}
for (const app of asked) {
  if (!SERVICE_NAMES.includes(app)) fail(`There is no app "${app}"; there are ${SERVICE_NAMES.join(', ')}.`);
  console.log(`migrating ${app}`);
  const { status } = spawnSync(process.execPath, ['--enable-source-maps', `dist/apps/${app}/src/main.js`, 'migrate'], {
    env: chosenEnvironment(SERVICE_SETTINGS),
    stdio: 'inherit',
  });
  if (status !== 0) {
    fail(`the migration of ${app} failed; it was rolled back, and nothing after it has run.`);
  }
}

function fail(text) {
  console.error(`waybill: ${text}`);
  process.exit(1);
}
