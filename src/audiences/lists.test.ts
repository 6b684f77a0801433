import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anIdentifier } from "../testing/audiences/builders.ts";
import { codeOfHash, codeOfValue, codesOf, hasEntry, sortedEntries, uniteEntries } from "./list-entries.ts";
import { readList } from "./read-list.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const read = (text: string, more: Partial<Parameters<typeof readList>[1]> = {}) =>
  readList(Readable.from([text]), { namespace: "email", hashed: false, isPlain: false, ...more });
const codes = (...values: string[]): bigint[] => values.map(codeOfValue);

describe("the entries of a list", () => {
  it("are found as in a set of values, also after lists are united", () => {
    const values = fc.array(fc.string({ maxLength: 3 }), { maxLength: 30 });
    fc.assert(
      fc.property(values, values, values, (first, second, asked) => {
        const entriesOf = (list: string[]) => sortedEntries(BigUint64Array.from(list.map(codeOfValue)));
        const entries = uniteEntries(entriesOf(first), entriesOf(second));
        const set = new Set([...first, ...second]);
        expect(entries.length).toBe(set.size);
        for (const value of [...asked, ...first]) expect(hasEntry(entries, codeOfValue(value))).toBe(set.has(value));
      }),
    );
  });

  it("are the same for a value and its hash", () => {
    expect(codeOfHash(sha256("a@b.example").toUpperCase())).toBe(codeOfValue("a@b.example"));
    expect(codeOfHash("abc")).toBeUndefined();
  });

  it("find who is known by the hash of an address alone, and nobody by an identifier that was given up", () => {
    const hashed = anIdentifier("email_sha256", sha256("a@b.example"));
    expect(codesOf([hashed], "email")).toEqual(codes("a@b.example"));
    expect(codesOf([{ ...anIdentifier("email", "a@b.example"), validTo: 5 }], "email")).toEqual([]);
  });
});

describe("an uploaded list", () => {
  it("is CSV with or without a heading, one column of several, or plain lines", async () => {
    const expected = codes("a@b.example", "c@d.example");
    expect([...(await read("A@B.example\nc@d.example\n")).codes]).toEqual(expected);
    expect([...(await read("\ufeffemail,name\r\n A@b.example ,Ann\r\nc@d.example,Cy\r\n")).codes]).toEqual(expected);
    const chosen = await read('name,Mail\n"Doe, Ann",a@b.example\nCy,c@d.example\n', { column: "mail" });
    expect([...chosen.codes]).toEqual(expected);
    const plain = await read('cu"1,x\ncu-2\n', { namespace: "user_id", isPlain: true });
    expect([...plain.codes]).toEqual(codes('cu"1,x', "cu-2"));
  });

  it("takes hashes, and tells how many values are no identifier", async () => {
    const found = await read(`${sha256("a@b.example")}\nnot a hash\n`, { hashed: true });
    expect(found).toMatchObject({ read: 2, rejected: 1 });
    expect([...found.codes]).toEqual(codes("a@b.example"));
    expect(await read("nobody\n")).toMatchObject({ read: 1, rejected: 1 });
  });

  it("is refused with the column that is missing, or with lines that never end", async () => {
    await expect(read("a,b\n1,2\n", { column: "mail" })).rejects.toMatchObject({ code: "audiences.badList" });
    await expect(read("x".repeat(50_000))).rejects.toMatchObject({ code: "audiences.badList" });
  });
});
