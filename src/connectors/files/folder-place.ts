// A folder of this machine, below the drop folder of the deployment: what an administrator of the shop may name must not reach the
// rest of the disk, neither by `..` nor by a link.
import { createReadStream } from "node:fs";
import { lstat, mkdir, readdir, realpath, rename } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";
import { ClienteleError } from "../../kernel/index.ts";
import type { DropPlace, FoundFile } from "./drop-place.ts";

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

function refuse(path: string): ClienteleError {
  return new ClienteleError("connectors.badFile", `${path} does not lie in the drop folder, see CLIENTELE_DROP_DIR`);
}

/** @throws {ClienteleError} `connectors.badFile` for a path that leaves the drop folder */
export function checkFolderPath(root: string, path: string): string {
  const folder = resolve(root, path);
  if (path.includes("\0") || !isInside(resolve(root), folder)) throw refuse(path);
  return folder;
}

export function createFolderPlace(root: string, path: string): DropPlace {
  const folder = checkFolderPath(root, path);

  const realFolder = async (): Promise<string> => {
    await mkdir(root, { recursive: true, mode: 0o700 });
    try {
      const real = await realpath(folder);
      if (!isInside(await realpath(root), real)) throw refuse(path);
      return real;
    } catch (cause) {
      if (cause instanceof ClienteleError) throw cause;
      throw new ClienteleError("connectors.badFile", `there is no folder ${path} in the drop folder`, { cause });
    }
  };
  const describe = async (at: string, name: string): Promise<FoundFile | undefined> => {
    // lstat: a link is no file that was dropped.
    const stats = await lstat(join(at, name)).catch(() => undefined);
    if (!stats?.isFile()) return undefined;
    const version = `${stats.size}-${Math.floor(stats.mtimeMs)}-${stats.ino}`;
    return { path: name, version, size: stats.size, modifiedAt: stats.mtimeMs };
  };

  return {
    list: async (fits, limit) => {
      const at = await realFolder();
      const names = (await readdir(at)).filter(fits).sort();
      const files: FoundFile[] = [];
      for (const name of names) {
        const file = await describe(at, name);
        if (file) files.push(file);
        if (files.length === limit) break;
      }
      return files;
    },
    open: async (file) => {
      const at = await realFolder();
      const now = await describe(at, file.path);
      if (now?.version !== file.version)
        throw new ClienteleError("connectors.badFile", `${file.path} was changed while it was read`);
      return createReadStream(join(at, file.path));
    },
    moveTo: async (file, to) => {
      const at = await realFolder();
      const target = join(at, to);
      await mkdir(target, { recursive: true });
      if (relative(at, await realpath(target)).startsWith("..")) throw refuse(to);
      const isTaken = (await lstat(join(target, file.path)).catch(() => undefined)) !== undefined;
      const name = isTaken ? `${Math.floor(file.modifiedAt)}-${basename(file.path)}` : basename(file.path);
      await rename(join(at, file.path), join(target, name));
    },
  };
}
