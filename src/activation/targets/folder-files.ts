// Files below the drop folder of the deployment, never elsewhere: neither `..` nor a link leads out of it.
import { randomUUID } from "node:crypto";
import { mkdir, open, realpath, rename, rm } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { checkFolderPath } from "../../connectors/index.ts";
import { ClienteleError } from "../../kernel/index.ts";
import type { WriteFile } from "./file-target.ts";

/** Nearest folder that exists, with all links followed. */
async function nearestReal(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (dirname(path) === path) throw error;
    return nearestReal(dirname(path));
  }
}

export function createFolderFiles(root: string, path: string): WriteFile {
  const folder = checkFolderPath(root, path);
  const prepare = async (target: string): Promise<void> => {
    await mkdir(root, { recursive: true, mode: 0o700 });
    const realRoot = await realpath(root);
    const nearest = await nearestReal(dirname(target));
    if (nearest !== realRoot && !nearest.startsWith(realRoot + sep))
      throw new ClienteleError("connectors.badFile", `${path} does not lie in the drop folder, see CLIENTELE_DROP_DIR`);
    await mkdir(dirname(target), { recursive: true });
  };
  return async (name, body) => {
    const target = join(folder, name);
    const own = `${target}.${randomUUID()}.part`;
    try {
      await prepare(target);
      const file = await open(own, "wx", 0o600);
      try {
        await file.writeFile(body);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(own, target);
    } catch (cause) {
      await rm(own, { force: true }).catch(() => undefined);
      if (cause instanceof ClienteleError) throw cause;
      const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
      throw new ClienteleError("connectors.unreachable", `the folder ${path} cannot be written: ${code}`, { cause });
    }
  };
}
