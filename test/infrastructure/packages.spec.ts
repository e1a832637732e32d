import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { bundlePackages } from './packages.cjs';

const FOLDERS = ['apps', 'bench', 'cli', 'examples', 'libs', 'scripts', 'test'];
const IMPORT = /^(?:import|export) (?!type )[^;]*?'(@?[^'./][^']*)';$/gm;
const packageOf = (path: string): string => /^(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path;

describe('the packages that come to Jest as bundles', () => {
  it('are there for every path by which the code imports them, so that no spec gets one twice', async () => {
    const mapped = Object.keys(await bundlePackages('.')).map((name) => name.slice(1, -1).replaceAll('\\', ''));
    const sources = FOLDERS.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
        .map((file) => readFileSync(join(folder, file), 'utf8')),
    );
    const imported = new Set(sources.flatMap((source) => [...source.matchAll(IMPORT)].map(([, path]) => path ?? '')));
    const bundled = new Set(mapped.map(packageOf));
    const ofBundled = [...imported].filter((path) => bundled.has(packageOf(path)));
    expect(ofBundled).toEqual(expect.arrayContaining(['@nestjs/common', 'kafkajs/src/errors.js', 'typeorm']));
    expect(ofBundled.filter((path) => !mapped.includes(path))).toEqual([]);
  });
});
