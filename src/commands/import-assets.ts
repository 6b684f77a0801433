import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { createApp } from "../app.ts";
import { readConfig } from "../config.ts";
import type { Assets } from "../content/index.ts";
import { ClienteleError, createLogger } from "../kernel/index.ts";
import { createProgress } from "./progress.ts";
import { UsageError } from "./usage.ts";

const maxFiles = 100_000;
const maxNameLength = 200;

export type AssetImportReport = {
  readonly added: number;
  /** Files that were in the library already. */
  readonly known: number;
  readonly refused: readonly { readonly file: string; readonly code: string }[];
};

/** Files below a folder, hidden ones and links left out, in order. */
async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !path.split(/[\\/]/).some((part) => part.startsWith(".")));
  if (files.length > maxFiles)
    throw new UsageError(`${folder} holds ${files.length} files; at most ${maxFiles} at once`);
  return files.sort();
}

/** Uploads every picture below a folder; its folders become those of the library. May be repeated. */
export async function importAssets(
  assets: Pick<Assets, "upload">,
  folder: string,
  options: { readonly into?: string; readonly onProgress?: (done: number, total: number) => void } = {},
): Promise<AssetImportReport> {
  const files = await filesOf(folder);
  const refused: { file: string; code: string }[] = [];
  let [added, known] = [0, 0];
  for (const [index, file] of files.entries()) {
    options.onProgress?.(index, files.length);
    const given = {
      fileName: basename(file).slice(-maxNameLength),
      folder: `${options.into ?? ""}/${dirname(file).replaceAll("\\", "/")}`,
    };
    try {
      const body = createReadStream(join(folder, file));
      const { isDuplicate } = await assets.upload(body, given, { actor: "cli", via: "cli", storeViews: null });
      if (isDuplicate) known += 1;
      else added += 1;
    } catch (error) {
      // One bad file does not end the import; what is no fault of the file does.
      if (!(error instanceof ClienteleError) || error.status >= 500) throw error;
      refused.push({ file, code: error.code });
    }
  }
  return { added, known, refused };
}

/** `clientele import assets <dir> [--folder name]`. */
export async function importAssetsCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { folder: { type: "string" } },
  });
  const [folder, ...others] = positionals;
  if (folder === undefined || others.length > 0)
    throw new UsageError("clientele import assets <dir> [--folder name]   pictures with their folders");
  const isFolder = (await stat(folder).catch(() => undefined))?.isDirectory() ?? false;
  if (!isFolder) throw new UsageError(`${folder} is no folder`);
  const app = await createApp({
    config: readConfig(undefined, { roles: [] }),
    logger: createLogger("warn"),
    withoutJobs: true,
  });
  const progress = createProgress("assets");
  try {
    const report = await importAssets(app.assets, folder, {
      ...(values.folder === undefined ? {} : { into: values.folder }),
      onProgress: (done, total) => progress.update(done, total),
    });
    progress.end(`${report.added} added, ${report.known} known, ${report.refused.length} refused`);
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return 0;
  } finally {
    await app.close();
  }
}
