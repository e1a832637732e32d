import { existsSync, readFileSync } from 'node:fs';
import { createRequire, SourceMap } from 'node:module';
import type { SourceMapping } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';

/** What `scripts/bundle.mjs` makes: one file for all services, one for the CLI. */
export type Bundle = 'services' | 'cli';

const FOLDER = resolve(import.meta.dirname, '../bundles');

/**
 * Runs one of the programs of a bundle, compiled as the build has left it. Where its compiled code isn't that of this Node, the bundle is
 * compiled anew, which takes longer and is no error.
 * @returns the compiled bundle, with whatever has been compiled of it since
 */
export function runBundle(bundle: Bundle, programs: readonly string[]): Script {
  const filename = join(FOLDER, `${bundle}.cjs`);
  const compiled = compiledCodeOf(bundle);
  // A line of its own, which isn't counted, so that positions are those of the file. The bundle is ASCII, which reads fastest as latin1.
  const source = `(function (require, module, exports, __filename, __dirname, importMetaUrl) {\n${readFileSync(filename, 'latin1')}\n})`;
  const script = new Script(source, {
    filename,
    lineOffset: -1,
    ...(existsSync(compiled) ? { cachedData: readFileSync(compiled) } : {}),
  });
  mapStackTraces(filename);
  const module = { exports: {} as Record<string, () => void> };
  const evaluate = script.runInThisContext() as (...values: readonly unknown[]) => void;
  const url = pathToFileURL(filename).href;
  evaluate(createRequire(url), module, module.exports, filename, dirname(filename), url);
  for (const program of programs) module.exports[program]?.();
  return script;
}

/** The file that holds a bundle's compiled code. */
export function compiledCodeOf(bundle: Bundle): string {
  return join(FOLDER, `${bundle}.compiled`);
}

/** Lets stack traces name the TypeScript. `--enable-source-maps` knows modules alone; and like it, this reads the map for the first trace only. */
function mapStackTraces(filename: string): void {
  let map: SourceMap | undefined;
  Error.prepareStackTrace = (error, sites) => {
    const lines = sites.map((site) => {
      const shown = (site as { toString(): string }).toString();
      const [line, column] = [site.getLineNumber(), site.getColumnNumber()];
      if (site.getFileName() !== filename || line === null || column === null) return shown;
      map ??= new SourceMap(JSON.parse(readFileSync(`${filename}.map`, 'utf8')));
      // Of packages the map says nothing: no entry, or one without a source, which its type doesn't know.
      const origin: Partial<SourceMapping> = map.findEntry(line - 1, column - 1);
      if (origin.originalSource === undefined || origin.originalLine === undefined) return shown;
      const at = `${resolve(FOLDER, origin.originalSource)}:${origin.originalLine + 1}:${(origin.originalColumn ?? 0) + 1}`;
      return shown.replace(`${filename}:${line}:${column}`, at);
    });
    return [headOf(error), ...lines.map((line) => `    at ${line}`)].join('\n');
  };
}

function headOf(error: Error): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return '<error>'; // its name or message throws
  }
}
