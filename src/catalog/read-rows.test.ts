import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FileRow, readRows } from "./read-rows.ts";
import { splitJsonArray, splitLines, type TextPart } from "./split-text.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clientele-rows-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function rowsOf(name: string, content: string | Uint8Array): Promise<readonly FileRow[]> {
  const file = join(folder, name);
  await writeFile(file, content);
  const rows: FileRow[] = [];
  for await (const row of readRows(file, undefined, () => undefined)) rows.push(row);
  return rows;
}
const valuesOf = (rows: readonly FileRow[]) => rows.map((row) => (row.ok ? row.value : row.code));

async function* inPieces(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}
async function collect(parts: AsyncIterable<TextPart>): Promise<readonly TextPart[]> {
  const all: TextPart[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

describe("rows of a file", () => {
  it("come from JSON lines, plain and gzip, with the line of those that cannot be read", async () => {
    const text = '{"sku":"a"}\n\nnot json\n{"sku":"b"}';
    for (const rows of [await rowsOf("p.jsonl", text), await rowsOf("p.jsonl.gz", gzipSync(text))]) {
      expect(valuesOf(rows)).toEqual([{ sku: "a" }, "json", { sku: "b" }]);
      expect(rows.map((row) => row.line)).toEqual([1, 3, 4]);
    }
  });

  it("come from a JSON list, also inside an object", async () => {
    expect(valuesOf(await rowsOf("p.json", ' [{"sku":"a,]"},\n{"sku":"b","x":[1,{"y":"}"}]}]'))).toEqual([
      { sku: "a,]" },
      { sku: "b", x: [1, { y: "}" }] },
    ]);
    expect(valuesOf(await rowsOf("q", '[{"a":1},{oops},{"a":2}'))).toEqual([{ a: 1 }, "json", { a: 2 }]);
  });

  it("come from CSV with any usual delimiter, quotes and a byte order mark", async () => {
    expect(valuesOf(await rowsOf("p.csv", '\uFEFFsku,name\r\na,"Hat, red\nlarge"\r\nb,Cap\r\n'))).toEqual([
      { sku: "a", name: "Hat, red\nlarge" },
      { sku: "b", name: "Cap" },
    ]);
    expect(valuesOf(await rowsOf("semi.csv", "sku;name\na;Hat\n"))).toEqual([{ sku: "a", name: "Hat" }]);
  });

  it("report CSV rows of the wrong width with their line and go on", async () => {
    const rows = await rowsOf("bad.csv", "sku,name\na,Hat\nb,Cap,extra\nc,Scarf\n");
    expect(valuesOf(rows)).toHaveLength(3);
    expect(rows.filter((row) => !row.ok)).toMatchObject([{ code: "csv", line: 3 }]);
    expect(rows.filter((row) => row.ok).map((row) => row.value)).toEqual([
      { sku: "a", name: "Hat" },
      { sku: "c", name: "Scarf" },
    ]);
  });

  it("end in an error when the file is cut off, missing or of no known format", async () => {
    const whole = gzipSync(
      Array.from({ length: 5_000 }, (_, at) => JSON.stringify({ sku: `s${at}`, noise: Math.sin(at) })).join("\n"),
    );
    await expect(rowsOf("cut.jsonl.gz", whole.subarray(0, whole.length / 2))).rejects.toMatchObject({
      code: "catalog.importFormat",
    });
    await expect(rowsOf("what", "just some words")).rejects.toMatchObject({ code: "catalog.importFormat" });
    const missing = readRows(join(folder, "none.jsonl"), undefined, () => undefined);
    await expect(missing.next()).rejects.toMatchObject({ code: "catalog.importFormat" });
  });
});

describe("splitting text", () => {
  it("gives the same lines however the stream is cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.stringMatching(/^[a-z]{0,9}$/)),
        fc.integer({ min: 1, max: 7 }),
        async (lines, size) => {
          const text = lines.join("\n");
          const parts = await collect(splitLines(inPieces(text, size), 1_000));
          const expected = text === "" ? [] : text.endsWith("\n") ? text.split("\n").slice(0, -1) : text.split("\n");
          expect(parts.map((part) => part.text)).toEqual(expected);
        },
      ),
    );
  });

  it("gives the same elements however the stream is cut", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), fc.integer({ min: 1, max: 7 }), async (values, size) => {
        const parts = await collect(splitJsonArray(inPieces(JSON.stringify(values), size), 100_000));
        expect(parts.map((part) => JSON.parse(part.text))).toEqual(
          values.map((value) => JSON.parse(JSON.stringify(value))),
        );
      }),
    );
  });

  it("keeps only the start of what is too long", async () => {
    const lines = await collect(splitLines(inPieces(`ok\n${"x".repeat(5_000)}\nfine`, 100), 1_000));
    expect(lines.map((part) => [part.number, part.isTooLong, part.text.length])).toEqual([
      [1, false, 2],
      [2, true, 200],
      [3, false, 4],
    ]);
    const elements = await collect(splitJsonArray(inPieces(`[1,"${"x".repeat(5_000)}",2]`, 100), 1_000));
    expect(elements.map((part) => part.isTooLong)).toEqual([false, true, false]);
  });
});
