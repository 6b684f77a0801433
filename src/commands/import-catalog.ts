import { parseArgs } from "node:util";
import { createApp } from "../app.ts";
import { importCatalog } from "../catalog/index.ts";
import { readConfig } from "../config.ts";
import { createLogger } from "../kernel/index.ts";
import { importAssetsCommand } from "./import-assets.ts";
import { importRatesCommand } from "./import-rates.ts";
import { importRecordsCommand, importRecordsUsage, isRecordWord } from "./import-records.ts";
import { createProgress } from "./progress.ts";
import { UsageError } from "./usage.ts";

/** `clientele import catalog <file…>`: JSON lines or CSV; reports every refused row. */
async function importCatalogCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      format: { type: "string" },
      currency: { type: "string" },
      "bad-rows": { type: "string" },
      "image-url": { type: "string" },
      "product-url": { type: "string" },
    },
  });
  const [kind, ...files] = positionals;
  if (kind !== "catalog" || files.length === 0)
    throw new UsageError(
      `clientele import catalog <file…> [--format jsonl|csv|json] [--currency USD] [--bad-rows file] [--image-url /media/{file}.webp] [--product-url /p/{sku}]\n       ${importRecordsUsage}\n       clientele import rates <file…>`,
    );
  const config = readConfig(undefined, { roles: [] });
  const app = await createApp({ config, logger: createLogger("warn"), withoutJobs: true });
  const progress = createProgress("catalog");
  try {
    const report = await importCatalog(
      {
        files,
        currency: values.currency ?? config.defaultCurrency,
        ...(values.format === "jsonl" || values.format === "csv" || values.format === "json"
          ? { format: values.format }
          : {}),
        ...(values["image-url"] === undefined ? {} : { imageUrl: values["image-url"] }),
        ...(values["product-url"] === undefined ? {} : { productUrl: values["product-url"] }),
        ...(values["bad-rows"] === undefined ? {} : { badRowsFile: values["bad-rows"] }),
        onProgress: ({ rows, bytesRead, bytesTotal, rejected }) =>
          progress.update(
            rows,
            bytesRead > 0 ? Math.round((rows * bytesTotal) / bytesRead) : null,
            `${rejected} refused`,
          ),
      },
      { catalog: app.catalog },
    );
    progress.end(JSON.stringify(report));
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return 0;
  } finally {
    await app.close();
  }
}

/** `clientele import <kind> <file…>`: the first word decides what the files hold. */
export async function importCommand(args: readonly string[]): Promise<number> {
  if (args[0] === "assets") return importAssetsCommand(args.slice(1));
  if (args[0] === "rates") return importRatesCommand(args.slice(1));
  return isRecordWord(args[0]) ? importRecordsCommand(args) : importCatalogCommand(args);
}
