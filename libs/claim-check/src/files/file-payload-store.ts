import { randomBytes } from 'node:crypto';
import { mkdir, open, opendir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { types } from 'node:util';

import type { PayloadStore } from '@waybill/messaging';

import { PayloadFolderUnusable } from '../claim-check.errors.js';
import { writeDurably } from './write-durably.js';

/** Stands in the folder, so that an unmounted one isn't taken for an empty one. */
const MARKER = 'waybill-payloads';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const OWN_FOLDER = /^[0-9a-f]{2}$/;
/** A payload, or one that is being written aside. */
const OWN_FILE = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(\.[0-9a-f]{12}\.part)?$/;

/**
 * {@link PayloadStore} in a folder, for services that share a machine (or a file system). A file per payload, in one of 256
 * folders; written aside, flushed to the disk, then renamed, so that it is whole or absent. Its time is its age. Whatever else
 * lies in the folder is neither read nor deleted.
 */
export class FilePayloadStore implements PayloadStore {
  private constructor(private readonly folder: string) {}

  /** Makes the folder if it is missing. @throws PayloadFolderUnusable */
  static async open(folder: string): Promise<FilePayloadStore> {
    try {
      await mkdir(folder, { recursive: true });
      await (await open(join(folder, MARKER), 'a')).close();
    } catch (cause) {
      throw new PayloadFolderUnusable(folder, cause);
    }
    return new FilePayloadStore(folder);
  }

  async put(id: string, payload: Buffer): Promise<void> {
    await this.#assertThere();
    const { folder, path } = this.#place(id);
    await mkdir(folder, { recursive: true });
    await writeDurably(path, `${path}.${randomBytes(6).toString('hex')}.part`, payload);
  }

  async get(id: string): Promise<Buffer | undefined> {
    try {
      return await readFile(this.#place(id).path);
    } catch (error) {
      if (!isMissing(error)) throw error;
      await this.#assertThere();
      return undefined;
    }
  }

  async renew(ids: readonly string[]): Promise<void> {
    await this.#assertThere();
    const now = new Date();
    for (const id of ids) await utimes(this.#place(id).path, now, now).catch(ignoreMissing);
  }

  async sweep(olderThanMs: number, limit: number): Promise<number> {
    await this.#assertThere();
    const before = Date.now() - olderThanMs;
    let swept = 0;
    for await (const folder of await opendir(this.folder)) {
      if (!folder.isDirectory() || !OWN_FOLDER.test(folder.name)) continue;
      for await (const file of await opendir(join(this.folder, folder.name))) {
        if (swept >= limit) return swept;
        if (!file.isFile() || !isOwn(folder.name, file.name)) continue;
        if (await removeIfOld(join(this.folder, folder.name, file.name), before)) swept += 1;
      }
    }
    return swept;
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.#assertThere();
    for (const id of ids) await rm(this.#place(id).path, { force: true });
  }

  async close(): Promise<void> {}

  /** By the random end of the id: those of one time would all share their beginning. */
  #place(id: string): { readonly folder: string; readonly path: string } {
    if (!UUID.test(id)) throw new TypeError(`Not a payload's id: ${JSON.stringify(id)}`);
    const folder = join(this.folder, id.slice(-2));
    return { folder, path: join(folder, id) };
  }

  async #assertThere(): Promise<void> {
    await stat(join(this.folder, MARKER)).catch((cause: unknown) => {
      throw new PayloadFolderUnusable(this.folder, cause);
    });
  }
}

/** Only what this store names so itself may be deleted: the folder may have been there before, and hold anything. */
function isOwn(folder: string, file: string): boolean {
  const [, id] = OWN_FILE.exec(file) ?? [];
  return id?.slice(-2) === folder;
}

/** Also what a killed process has left half written. Two services may sweep at once. */
async function removeIfOld(path: string, beforeMs: number): Promise<boolean> {
  const found = await stat(path).catch(ignoreMissing);
  if (found === undefined || found.mtimeMs >= beforeMs) return false;
  await rm(path, { force: true });
  return true;
}

function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

function isMissing(error: unknown): boolean {
  return types.isNativeError(error) && 'code' in error && error.code === 'ENOENT'; // also of another realm, under Jest
}
