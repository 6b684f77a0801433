import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileMapping } from "../mapping/compile-mapping.ts";
import type { Mapping } from "../mapping/mapping.ts";
import { csvLine } from "./bad-rows.ts";
import { detectSeparator } from "./detect-separator.ts";
import { groupRows } from "./group-rows.ts";
import type { FileSettings } from "./import.ts";
import { inspectFile } from "./inspect-file.ts";
import { type FileRow, readRows } from "./read-rows.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "clientele-rows-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(content: string | Buffer, name = "rows.csv", settings: FileSettings = {}) {
  const path = join(folder, name);
  writeFileSync(path, content);
  const facts = await inspectFile(path, name, settings);
  const rows: FileRow[] = [];
  for await (const row of readRows(path, facts)) rows.push(row);
  return { facts, rows, good: rows.flatMap((row) => (row.ok ? [row.row] : [])), bad: rows.filter((row) => !row.ok) };
}

function windows1252(text: string): Buffer {
  return Buffer.from(text.replace("€", "\u0080"), "latin1");
}

const text = "name;price\r\nMüller;5 €\r\n";
const expected = [{ name: "Müller", price: "5 €" }];

describe("the encoding of a file", () => {
  it("is told from its bytes", async () => {
    const utf16be = Buffer.from(text, "utf16le").swap16();
    const cases: readonly (readonly [string, Buffer, string])[] = [
      ["plain", Buffer.from(text), "utf-8"],
      ["with a mark", Buffer.from(`\uFEFF${text}`), "utf-8"],
      ["UTF-16 with a mark", Buffer.from(`\uFEFF${text}`, "utf16le"), "utf-16le"],
      ["UTF-16 without", Buffer.from(text, "utf16le"), "utf-16le"],
      ["big-endian", utf16be, "utf-16be"],
      ["of Excel", windows1252(text), "windows-1252"],
      ["packed", gzipSync(Buffer.from(text)), "utf-8"],
    ];
    for (const [what, bytes, encoding] of cases) {
      const { facts, good } = await read(bytes);
      expect([what, facts.encoding, good]).toEqual([what, encoding, expected]);
    }
  });

  it("is found also when the first foreign letter comes late", async () => {
    const many = `name\r\n${"plain\r\n".repeat(60_000)}`;
    const { facts, good } = await read(Buffer.concat([Buffer.from(many), windows1252("Müller\r\n")]));
    expect(facts.encoding).toBe("windows-1252");
    expect(good.at(-1)).toEqual({ name: "Müller" });
  });

  it("may be said where it cannot be told", async () => {
    const { good } = await read(Buffer.from("a\r\n\u00c3\u00bc\r\n", "latin1"), "x.csv", { encoding: "windows-1252" });
    expect(good).toEqual([{ a: "Ã¼" }]);
  });
});

describe("the separator of a file", () => {
  it("is the one that cuts the lines alike", () => {
    expect(detectSeparator("a;b;c\n1,5;2;3\n1,7;2;3\n")).toBe(";");
    expect(detectSeparator('a,b\n"x;y;z",2\n')).toBe(",");
    expect(detectSeparator("a\tb\n1\t2\n")).toBe("\t");
    expect(detectSeparator("a|b|c\n1|2,0|3\n")).toBe("|");
    expect(detectSeparator("single\n1\n")).toBe(",");
  });

  it("does not matter to what is read", async () => {
    for (const separator of [",", ";", "\t", "|"]) {
      const { good } = await read(`a${separator}b\n1${separator}"x${separator}\ny"\n`);
      expect(good).toEqual([{ a: "1", b: `x${separator}\ny` }]);
    }
  });
});

describe("rows of CSV", () => {
  it("that do not fit are reported with their line, and the others go on", async () => {
    const { good, bad } = await read('a,b\n1,2\n3\n4,5,6\n7,8,\n9,"x"y\n10,11\n');
    expect(good).toEqual([
      { a: "1", b: "2" },
      { a: "7", b: "8" },
      { a: "10", b: "11" },
    ]);
    expect(bad).toMatchObject([
      { line: 3, code: "cells", message: "has 1 cells, the header has 2" },
      { line: 4, code: "cells" },
      { line: 6, code: "csv" },
    ]);
  });

  it("with a quote that is never closed end in a report, not in memory", async () => {
    const { good, bad } = await read(`a,b\n1,2\n3,"open\n${"x,y\n".repeat(600_000)}`);
    expect(good[0]).toEqual({ a: "1", b: "2" });
    expect(bad.length).toBeGreaterThan(0);
  });

  it("have a name for every column, also where the header has none or one twice", async () => {
    const { facts, good } = await read("a,,a, b \n1,2,3,4\n");
    expect(facts.header).toEqual(["a", "column2", "a_2", "b"]);
    expect(good).toEqual([{ a: "1", column2: "2", a_2: "3", b: "4" }]);
  });

  it("are what was written, whatever it was", async () => {
    const cell = fc
      .string({ unit: "grapheme", maxLength: 12 })
      .filter((value) => !/^[=@\t\r+-]/.test(value) && !value.includes("\0"));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }), async (cells) => {
        const given = cells.filter(([a, b]) => a !== "" || b !== "");
        const content = csvLine(["first", "second"]) + given.map((pair) => csvLine(pair)).join("");
        const { good, bad } = await read(content, "p.csv", { separator: ",", encoding: "utf-8" });
        expect(bad).toEqual([]);
        expect(good.map((row) => [row["first"], row["second"]])).toEqual(given);
      }),
      { numRuns: 60 },
    );
  });

  it("of a file that is empty, missing or cut off are refused", async () => {
    await expect(read("")).rejects.toMatchObject({ code: "imports.format" });
    await expect(read("   \n")).rejects.toMatchObject({ code: "imports.format" });
    await expect(inspectFile(join(folder, "none.csv"), "none.csv", {})).rejects.toMatchObject({
      code: "imports.format",
    });
    const packed = gzipSync(Buffer.from("a,b\n".repeat(50_000)));
    await expect(read(packed.subarray(0, packed.length - 20), "cut.csv.gz")).rejects.toMatchObject({
      code: "imports.format",
    });
    expect((await read("a,b\n")).good).toEqual([]);
  });
});

describe("JSON lines", () => {
  it("that are broken, no objects or too long are reported with their line", async () => {
    const long = JSON.stringify({ a: "x".repeat(1_100_000) });
    const { good, bad } = await read(`{"a":1}\n\n{"a":\n[1]\n${long}\n{"a":2}`, "rows.ndjson");
    expect(good).toEqual([{ a: 1 }, { a: 2 }]);
    expect(bad).toMatchObject([
      { line: 3, code: "json" },
      { line: 4, code: "object" },
      { line: 5, code: "tooLong" },
    ]);
  });

  it("are told from CSV by what stands in the file", async () => {
    expect((await read('{"a":1}\n', "export.txt")).facts.format).toBe("ndjson");
    expect((await read("a,b\n1,2\n", "export.txt")).facts.format).toBe("csv");
    await expect(read("[1,2]", "list.json")).rejects.toMatchObject({ code: "imports.format" });
  });
});

describe("rows of one order", () => {
  const mapping = (groupWindow: number): Mapping => ({
    kind: "order",
    fields: { purchaseID: "no" },
    items: { fields: { SKU: "sku" } },
    options: { groupWindow },
  });
  const rowsOf = async function* (keys: readonly string[]): AsyncGenerator<FileRow> {
    for (const [line, no] of keys.entries()) yield { ok: true, line, row: { no, sku: String(line) } };
  };
  const group = async (keys: readonly string[], window: number) => {
    const groups: (readonly number[])[] = [];
    for await (const unit of groupRows(rowsOf(keys), compileMapping(mapping(window))))
      if (unit.kind === "rows") groups.push(unit.rows.map(({ line }) => line));
    return groups;
  };

  it("are brought together within the window, each row exactly once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("a", "b", "c", "d", "e"), { maxLength: 60 }),
        fc.integer({ min: 1, max: 70 }),
        async (keys, window) => {
          const groups = await group(keys, window);
          expect(groups.flat().sort((x, y) => x - y)).toEqual(keys.map((_, line) => line));
          for (const lines of groups) expect(new Set(lines.map((line) => keys[line])).size).toBe(1);
          // Rows no further apart than the window are never separated.
          const naive = new Map<string, number[][]>();
          for (const [line, key] of keys.entries()) {
            const runs = naive.get(key) ?? [];
            const last = runs.at(-1);
            if (last && line - (last.at(-1) ?? 0) <= window) last.push(line);
            else runs.push([line]);
            naive.set(key, runs);
          }
          const sorted = (lists: readonly (readonly number[])[]) => lists.map(String).sort();
          expect(sorted(groups)).toEqual(sorted([...naive.values()].flat()));
        },
      ),
    );
  });
});
