import { describe, expect, it } from "vitest";
import { toSampleFile } from "./sample-file.ts";

const linesOf = (text: string) => {
  const file = toSampleFile(text);
  return file.ok ? file.text.split("\n").map((line) => JSON.parse(line) as unknown) : file.reason;
};

describe("rows to try", () => {
  it("takes CSV as it is", () => {
    expect(toSampleFile("a;b\n1;2\n")).toEqual({ ok: true, fileName: "sample.csv", text: "a;b\n1;2\n" });
  });

  it("reads a document, a list, a list in rows, and JSON lines, as webhooks are read", () => {
    const row = { id: 1, lines: [{ sku: "a" }] };
    expect(linesOf(JSON.stringify(row, null, 2))).toEqual([row]);
    expect(linesOf(JSON.stringify([row, row, 5]))).toEqual([row, row]);
    expect(linesOf(JSON.stringify({ rows: [row] }))).toEqual([row]);
    expect(linesOf(`${JSON.stringify(row)}\r\n\r\n${JSON.stringify(row)}`)).toEqual([row, row]);
  });

  it("says that JSON is broken instead of taking it for CSV", () => {
    expect(linesOf('{"id": 1,')).toBe("json");
    expect(linesOf("[1, 2]")).toBe("json");
    expect(linesOf("  ")).toBe("empty");
  });
});
