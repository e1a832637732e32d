import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CliError } from '../cli.errors.js';

/**
 * The text after somebody edited it. It lies in a folder that only the user can read, and is removed afterwards.
 * @throws CliError NOT_CONFIRMED if the editor ends with an error
 */
export async function inEditor(text: string, env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const editor = env['VISUAL'] ?? env['EDITOR'] ?? (process.platform === 'win32' ? 'notepad' : 'vi');
  const folder = await mkdtemp(join(tmpdir(), 'waybill-edit-')); // mode 0700
  const file = join(folder, 'payload.json');
  try {
    await writeFile(file, `${text}\n`, { mode: 0o600 });
    const child = spawn(`${editor} "${file}"`, { shell: true, stdio: 'inherit' }); // $EDITOR may hold arguments
    const [code]: unknown[] = await once(child, 'exit');
    if (code !== 0) throw new CliError('NOT_CONFIRMED', `${editor} ended with ${String(code)}; nothing was changed.`);
    return await readFile(file, 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
