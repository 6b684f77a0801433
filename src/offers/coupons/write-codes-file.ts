// All codes of a pool as a file, page by page.
import { csvLine } from "../../kernel/index.ts";
import type { CodeStore, ListedCode } from "./store-codes.ts";

export const exportFormats = ["csv", "xml"] as const;
export type CodesFileFormat = (typeof exportFormats)[number];

const pageSize = 5_000;
const special: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};
const escapeXml = (text: string) => text.replace(/[&<>"']/g, (character) => special[character] ?? "");

const header: Readonly<Record<CodesFileFormat, string>> = {
  csv: csvLine(["code", "limit", "expires", "used", "created_at"]),
  xml: '<?xml version="1.0" encoding="UTF-8"?>\n<coupons>\n',
};
const footer: Readonly<Record<CodesFileFormat, string>> = { csv: "", xml: "</coupons>\n" };

function toLine({ code, limit, expires, used, createdAt }: ListedCode, format: CodesFileFormat): string {
  const created = new Date(createdAt).toISOString();
  if (format === "csv")
    return csvLine([code, limit === null ? "" : String(limit), expires ?? "", String(used), created]);
  const optional = `${limit === null ? "" : ` limit="${limit}"`}${expires === null ? "" : ` expires="${expires}"`}`;
  return `  <coupon code="${escapeXml(code)}"${optional} used="${used}" createdAt="${created}"/>\n`;
}

/** The file in pieces, in order of the codes. */
export async function* writeCodesFile(
  store: Pick<CodeStore, "codes">,
  query: { readonly poolId: string; readonly isUsed?: boolean | undefined; readonly startsWith?: string | undefined },
  format: CodesFileFormat,
): AsyncGenerator<string> {
  yield header[format];
  for (let after: string | undefined; ; ) {
    const page: readonly ListedCode[] = await store.codes({ ...query, after, limit: pageSize });
    yield page.map((code) => toLine(code, format)).join("");
    after = page.at(-1)?.code;
    if (page.length < pageSize || after === undefined) break;
  }
  yield footer[format];
}
