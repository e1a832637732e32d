import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { SERVICE_NAMES, SERVICE_SETTINGS } from '@waybill/contracts';

/** `npm start` makes them for one start, and nobody sets them: see test/services.spec.ts. */
const OF_THE_LAB = ['LAB_TOKEN', 'LAB_URL'];
const OWN = /\b(?:setting\.\w+|days|brokerAddresses|serviceUrl)\(\s*'([A-Z][A-Z0-9_]+)'/g;

/** What production code asks the environment for, by the functions that do. */
function settingsInCode(): ReadonlySet<string> {
  const files = ['apps', 'libs'].flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !/spec\.ts$|[\\/]testing[\\/]/.test(path))
      .map((path) => join(root, path)),
  );
  const names = files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(OWN)].map(([, name]) => name ?? ''));
  return new Set([...names, ...SERVICE_NAMES.map((name) => `${name.toUpperCase()}_PORT`)]);
}

describe('F76 every setting that a service reads', () => {
  it('is passed on by what starts services, and nothing else is', () => {
    expect([...SERVICE_SETTINGS, ...OF_THE_LAB].toSorted()).toEqual([...settingsInCode()].toSorted());
  });

  it('is explained in docs/settings.md', () => {
    const page = readFileSync('docs/settings.md', 'utf8');
    expect(SERVICE_SETTINGS.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
