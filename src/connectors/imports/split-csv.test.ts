import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCsvSplitter } from "./split-csv.ts";

function split(text: string, sizes: readonly number[] = [text.length || 1], maxLength = 10_000) {
  const splitter = createCsvSplitter(",", maxLength);
  const rows = [];
  let at = 0;
  for (let turn = 0; at < text.length; turn += 1) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
    rows.push(...splitter.push(text.slice(at, at + size)));
    at += size;
  }
  return [...rows, ...splitter.end()];
}

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });

describe("CSV", () => {
  it("of a careful writer is read as another reader reads it, however it is cut into pieces", () => {
    const plain = fc.stringMatching(/^[ab 1.é]{0,4}$/);
    const quoted = fc.stringMatching(/^[ab",\n\r é]{0,6}$/).map((text) => `"${text.replaceAll('"', '""')}"`);
    const row = fc.array(fc.oneof(plain, quoted), { minLength: 2, maxLength: 4 }).map((cells) => cells.join(","));
    const end = fc.constantFrom("\n", "\r\n");
    fc.assert(
      fc.property(fc.array(row, { maxLength: 6 }), end, fc.boolean(), sizes, (rows, lineEnd, hasLast, pieces) => {
        const text = rows.join(lineEnd) + (hasLast && rows.length > 0 ? lineEnd : "");
        const expected: string[][] = parse(text, { relax_column_count: true, record_delimiter: [lineEnd] });
        expect(split(text, pieces).map(({ cells }) => cells)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it("of anybody gives the same rows however it is cut into pieces, and never throws", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a",\n\r]{0,40}$/), sizes, (text, pieces) => {
        expect(split(text, pieces)).toEqual(split(text));
      }),
      { numRuns: 500 },
    );
  });

  it("loses one row to a stray quote, not those after it", () => {
    expect(split('1,2\n3,"x"y\n5,6\n')).toEqual([
      { line: 1, cells: ["1", "2"] },
      { line: 2, cells: ["3", "xy"], fault: "has text after a closing quote" },
      { line: 3, cells: ["5", "6"] },
    ]);
    expect(split('1,2\n3,"open\n5,6\n')).toEqual([
      { line: 1, cells: ["1", "2"] },
      { line: 2, cells: ['3,"open'], fault: "has a quote that is not closed" },
      { line: 3, cells: ["5", "6"] },
    ]);
  });

  it("does not let a forgotten quote swallow the rows up to the next one", () => {
    expect(split('1,"open\n2,b\n3,"c"\n4,d\n').map(({ line, cells, fault }) => [line, cells[0], fault])).toEqual([
      [1, '1,"open', "has a quote that is not closed"],
      [2, "2", undefined],
      [3, "3", undefined],
      [4, "4", undefined],
    ]);
  });

  it("keeps inches: a quote inside a plain cell is a letter", () => {
    expect(split('5" pipe,1\n')).toEqual([{ line: 1, cells: ['5" pipe', "1"] }]);
  });

  it("counts lines, also those in quotes, and takes every kind of line end", () => {
    expect(split('a,"x\ny"\r\nb,2\rc,3').map(({ line, cells }) => [line, cells[0]])).toEqual([
      [1, "a"],
      [3, "b"],
      [4, "c"],
    ]);
  });

  it("bounds what it keeps of a row without an end", () => {
    const rows = split(`a,b\n${"x".repeat(5_000)}\nc,d\n`, [100], 1_000);
    expect(rows.map(({ line, fault }) => [line, fault])).toEqual([
      [1, undefined],
      [2, "is longer than 1000 characters"],
      [3, undefined],
    ]);
    expect(rows[1]?.cells[0]?.length).toBeLessThanOrEqual(2_000);
  });
});
