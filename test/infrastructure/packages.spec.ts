import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { BUNDLED } from './packages.cjs';

const FOLDERS = ['apps', 'bench', 'cli', 'examples', 'libs', 'scripts', 'test'];
const IMPORT = /^(?:import|export) (?!type )[^;]*?'(@?[^'./][^']*)';$/gm;
const packageOf = (path: string): string => /^(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path;

describe('the packages that come to Jest in a bundle', () => {
  it('are there for every path by which the code imports them, so that no spec gets one twice', () => {
    const sources = FOLDERS.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
        .map((file) => readFileSync(join(folder, file), 'utf8')),
    );
    const imported = new Set(sources.flatMap((source) => [...source.matchAll(IMPORT)].map(([, path]) => path ?? '')));
    const bundled = new Set(BUNDLED.map(packageOf));
    const ofBundled = [...imported].filter((path) => bundled.has(packageOf(path)));
    expect(ofBundled).toEqual(expect.arrayContaining(['@nestjs/common', 'kafkajs/src/errors.js', 'typeorm']));
    expect(ofBundled.filter((path) => !BUNDLED.includes(path))).toEqual([]);
  });
});
