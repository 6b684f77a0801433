import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { finished } from "node:stream/promises";
import { ClienteleError, isObject } from "../kernel/index.ts";
import type { Catalog, UpsertOptions } from "./load-catalog.ts";
import { parseAttributes, parseCategories } from "./parse-lists.ts";
import { type FileRow, type RowFormat, readRows } from "./read-rows.ts";
import { createReviewTotals, type ReviewTotals } from "./review-totals.ts";

type Subject = "categories" | "attributes" | "products" | "reviews";

type CatalogImport = {
  /**
   * Files, or folders that hold them. What a file holds is told by its name: `categories…`, `attributes…`, `reviews…`,
   * anything else is products. They are read in that order, products before reviews.
   */
  readonly files: readonly string[];
  /** Default: by name and first letter of each file. Any of them may be gzip. */
  readonly format?: RowFormat;
  /** Currency of prices that name none. Default: the catalog's. */
  readonly currency?: string;
  /**
   * Where pictures are served, e.g. `/media/{file}.webp`: `{file}` is the file name of the row's path without its ending.
   * A picture that is not in the folder `images` beside the file, where there is such a folder, is left out.
   * Default: paths as they came.
   */
  readonly imageUrl?: string;
  /** Address of products without one; `{sku}` and `{urlKey}` are filled in. Default: none. */
  readonly productUrl?: string;
  /** Categories whose products carry a flag, as in `{new: "what-is-new"}`: a product with the attribute `new` true is put there. */
  readonly categoriesByFlag?: Readonly<Record<string, string>>;
  /** File for refused rows, one JSON object a line with file, line, reason and row. Default: none is written. */
  readonly badRowsFile?: string;
  readonly onProgress?: (progress: ImportProgress) => void;
};

type ImportProgress = {
  readonly file: string;
  readonly rows: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly bytesRead: number;
  readonly bytesTotal: number;
};

type RejectedFileRow = {
  readonly file: string;
  readonly line: number;
  readonly sku: string | null;
  readonly code: string;
  readonly message: string;
};

type ImportReport = {
  readonly products: number;
  readonly categories: number;
  readonly attributes: number;
  readonly reviews: number;
  readonly rejectedCount: number;
  /** The first 1,000; all of them are in the bad-rows file. */
  readonly rejected: readonly RejectedFileRow[];
};

const batchRows = 500;
const keptRejections = 1_000;
const maxListRows = 100_000;

function subjectOf(file: string): Subject {
  const name = basename(file).toLowerCase();
  if (name.startsWith("categor")) return "categories";
  if (name.startsWith("attribute")) return "attributes";
  return name.startsWith("review") ? "reviews" : "products";
}

async function expandFolders(files: readonly string[]): Promise<readonly string[]> {
  const expanded: string[] = [];
  for (const file of files) {
    const info = await stat(file).catch((cause: unknown) => {
      throw new ClienteleError("catalog.importFormat", `${file} does not exist or cannot be read`, { cause });
    });
    if (!info.isDirectory()) {
      expanded.push(file);
      continue;
    }
    const known = /^(categories|attributes|products|reviews)[^/]*\.(jsonl|ndjson|json|csv|tsv)(\.gz)?$/i;
    for (const name of (await readdir(file)).sort()) if (known.test(name)) expanded.push(join(file, name));
  }
  if (expanded.length === 0) throw new ClienteleError("catalog.importFormat", "no file to import was found");
  return expanded;
}

function nameWithoutEnding(path: string): string {
  return basename(path).replace(/\.[a-z0-9]+$/i, "");
}

/** Pictures that lie beside the file, or null when there is no such folder. */
async function picturesBeside(file: string): Promise<ReadonlySet<string> | null> {
  try {
    return new Set((await readdir(join(dirname(file), "images"))).map(nameWithoutEnding));
  } catch {
    // No folder: nothing to compare with, so every picture is taken.
    return null;
  }
}

async function toUpsertOptions(file: string, options: CatalogImport): Promise<UpsertOptions> {
  const { imageUrl = "", productUrl = "", currency, categoriesByFlag } = options;
  const pictures = imageUrl === "" ? null : await picturesBeside(file);
  const toImageUrl = (path: string): string | null => {
    const name = nameWithoutEnding(path);
    return pictures === null || pictures.has(name) ? imageUrl.replaceAll("{file}", encodeURIComponent(name)) : null;
  };
  const toProductUrl = (sku: string, urlKey: string | undefined) =>
    productUrl.replaceAll("{sku}", encodeURIComponent(sku)).replaceAll("{urlKey}", encodeURIComponent(urlKey ?? sku));
  return {
    ...(currency === undefined ? {} : { currency }),
    ...(imageUrl === "" ? {} : { toImageUrl }),
    ...(productUrl === "" ? {} : { toProductUrl }),
    ...(categoriesByFlag === undefined ? {} : { categoriesByFlag }),
  };
}

/** Writes refused rows to the file and keeps the first of them. */
function createRejections(file: string | undefined) {
  const kept: RejectedFileRow[] = [];
  let stream: WriteStream | undefined;
  let count = 0;
  return {
    kept,
    count: () => count,
    add: async (rejected: RejectedFileRow, row: unknown) => {
      count += 1;
      if (kept.length < keptRejections) kept.push(rejected);
      if (file === undefined) return;
      stream ??= createWriteStream(file);
      const target = stream;
      if (!target.write(`${JSON.stringify({ ...rejected, row })}\n`)) await once(target, "drain");
    },
    close: async () => {
      stream?.end();
      if (stream) await finished(stream);
    },
  };
}

/**
 * Imports catalog files into the catalog.
 *
 * Streams: memory holds one batch of 500 rows, whatever the size of the file. A faulty row is reported with its line and
 * reason and the rest goes on. May be repeated: rows that did not change change nothing.
 *
 * @throws {ClienteleError} `catalog.importFormat` when a file is missing, cut off or of no known format; what was read before is stored
 */
export async function importCatalog(
  options: CatalogImport,
  deps: { readonly catalog: Catalog },
): Promise<ImportReport> {
  const { catalog } = deps;
  const files = await expandFolders(options.files);
  const rejections = createRejections(options.badRowsFile);
  const counts = { products: 0, categories: 0, attributes: 0, reviews: 0 };

  const eachRow = async (file: string, take: (row: FileRow & { ok: true }) => Promise<void> | void) => {
    const bytesTotal = (await stat(file)).size;
    const rejectedBefore = rejections.count();
    let rows = 0;
    let bytesRead = 0;
    const report = () => {
      const rejected = rejections.count() - rejectedBefore;
      options.onProgress?.({ file, rows, accepted: rows - rejected, rejected, bytesRead, bytesTotal });
    };
    for await (const row of readRows(file, options.format, (bytes) => {
      bytesRead += bytes;
    })) {
      rows += 1;
      if (row.ok) await take(row);
      else await rejections.add({ file, line: row.line, sku: null, code: row.code, message: row.message }, row.text);
      if (rows % batchRows === 0) report();
    }
    return report;
  };

  const importProducts = async (file: string) => {
    const upsertOptions = await toUpsertOptions(file, options);
    let batch: (FileRow & { ok: true })[] = [];
    const flush = async () => {
      const rows = batch;
      batch = [];
      if (rows.length === 0) return;
      const report = await catalog.upsertProducts(
        rows.map((row) => row.value),
        upsertOptions,
      );
      counts.products += report.accepted;
      for (const { index, sku, code, message } of report.rejected) {
        const row = rows[index];
        if (row) await rejections.add({ file, line: row.line, sku, code, message }, row.value);
      }
    };
    const report = await eachRow(file, async (row) => {
      batch.push(row);
      if (batch.length >= batchRows) await flush();
    });
    await flush();
    report();
  };

  const importReviews = async (file: string, totals: ReviewTotals) => {
    const report = await eachRow(file, async (row) => {
      const fault = totals.add(row.value);
      if (fault) await rejections.add({ file, line: row.line, sku: null, code: "review", message: fault }, row.value);
      else counts.reviews += 1;
    });
    report();
  };

  const importList = async (file: string, subject: "categories" | "attributes") => {
    const rows: unknown[] = [];
    const report = await eachRow(file, (row) => {
      // Small lists come whole: JSON lines may hold one document that is the list.
      if (Array.isArray(row.value)) rows.push(...row.value);
      else rows.push(row.value);
      if (rows.length > maxListRows)
        throw new ClienteleError("catalog.importFormat", `${file} holds more than ${maxListRows} ${subject}`);
    });
    for (const row of rows)
      if (!isObject(row))
        await rejections.add({ file, line: 0, sku: null, code: "object", message: "the row is no object" }, row);
    if (subject === "categories") {
      const categories = parseCategories(rows);
      counts.categories = categories.length;
      await catalog.replaceCategories(categories);
    } else {
      const attributes = parseAttributes(rows);
      counts.attributes = attributes.length;
      await catalog.replaceAttributes(attributes);
    }
    report();
  };

  try {
    const bySubject = (subject: Subject) => files.filter((file) => subjectOf(file) === subject);
    for (const subject of ["categories", "attributes"] as const)
      for (const file of bySubject(subject)) await importList(file, subject);
    for (const file of bySubject("products")) await importProducts(file);
    const totals = createReviewTotals();
    for (const file of bySubject("reviews")) await importReviews(file, totals);
    for (const summaries of totals.batches(batchRows)) {
      for (const sku of await catalog.setReviews(summaries)) {
        await rejections.add(
          { file: "reviews", line: 0, sku, code: "unknownProduct", message: `no product has the SKU ${sku}` },
          { sku },
        );
      }
    }
  } finally {
    await rejections.close();
  }
  return { ...counts, rejectedCount: rejections.count(), rejected: rejections.kept };
}
