import { readFile, stat } from "node:fs/promises";
import { createApp } from "../app.ts";
import { readConfig } from "../config.ts";
import { createLogger } from "../kernel/index.ts";
import { UsageError } from "./usage.ts";

const maxBytes = 16 * 1024 ** 2;

/** `clientele import rates <file…>`: CSV with the columns day, base, currency, rate; a file is taken whole or not at all. */
export async function importRatesCommand(files: readonly string[]): Promise<number> {
  if (files.length === 0) throw new UsageError("clientele import rates <file…>   CSV: day,base,currency,rate");
  const texts: string[] = [];
  for (const file of files) {
    const { size } = await stat(file);
    if (size > maxBytes) throw new UsageError(`${file} has ${size} bytes; the limit is ${maxBytes}`);
    texts.push(await readFile(file, "utf8"));
  }
  const app = await createApp({
    config: readConfig(undefined, { roles: [] }),
    logger: createLogger("warn"),
    withoutJobs: true,
  });
  try {
    let rates = 0;
    for (const text of texts) rates += await app.rates.importCsv(text);
    process.stdout.write(`${JSON.stringify({ files: files.length, rates })}\n`);
    return 0;
  } finally {
    await app.close();
  }
}
