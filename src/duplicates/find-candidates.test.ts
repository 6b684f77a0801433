import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { slotCount, writeBlockKeys } from "./block-keys.ts";
import { findCandidates } from "./find-candidates.ts";
import { normalisePerson } from "./normalise-person.ts";

const keysOf = (people: readonly (readonly number[])[]): Uint32Array => {
  const keys = new Uint32Array(people.length * slotCount);
  for (const [record, own] of people.entries()) keys.set(own, record * slotCount);
  return keys;
};
const pairsOf = (
  keys: Uint32Array,
  isWanted: (record: number) => boolean,
  options?: Parameters<typeof findCandidates>[4],
) => {
  const pairs: string[] = [];
  findCandidates(
    keys,
    (record) => String(record).padStart(6, "0"),
    isWanted,
    (a, b) => pairs.push(`${a} ${b}`),
    options,
  );
  return pairs;
};

/** Slots of one key each: the schemes of e-mail and phone have three, in which any may meet any. */
const firstSingle = 6;
const people = fc.array(fc.array(fc.nat(4), { minLength: 6, maxLength: 6 }), { maxLength: 25 });
const placed = (own: readonly number[]) => [...new Array<number>(firstSingle).fill(0), ...own];

describe("candidates", () => {
  it("are exactly the pairs that share a key, each once", () => {
    fc.assert(
      fc.property(people, (given) => {
        const expected: string[] = [];
        for (let a = 0; a < given.length; a += 1)
          for (let b = a + 1; b < given.length; b += 1)
            if (given[a]!.some((key, slot) => key !== 0 && key === given[b]![slot])) expected.push(`${a} ${b}`);
        const found = pairsOf(keysOf(given.map(placed)), () => true);
        expect(found.sort()).toEqual(expected.sort());
      }),
    );
  });

  it("leave out pairs of two records that did not change", () => {
    fc.assert(
      fc.property(people, (given) => {
        const isChanged = (record: number) => record % 3 === 0;
        const all = pairsOf(keysOf(given.map(placed)), () => true);
        const expected = all.filter((pair) => pair.split(" ").some((record) => isChanged(Number(record))));
        expect(pairsOf(keysOf(given.map(placed)), isChanged).sort()).toEqual(expected.sort());
      }),
    );
  });

  it("of a block of everybody grow with the number of records, not with its square", () => {
    const keys = keysOf(Array.from({ length: 5_000 }, () => placed([7])));
    const pairs = pairsOf(keys, () => true, { maxBlock: 40, window: 10 });
    expect(pairs.length).toBeLessThanOrEqual(50_000);
    expect(pairs).toContain("0 1");
  });

  it("survive swapped names, a wrong year of birth and a second e-mail address", () => {
    const base = { givenName: "Ana", surname: "Lopez", birthDate: "1979-04-23", emails: ["ana@example.com"] };
    const others = [
      { givenName: "Lopez", surname: "Ana" },
      { surname: "Lopes", birthDate: "1997-04-23" },
      { emails: ["x@example.org", "ana@example.com"] },
    ];
    const keys = new Uint32Array(4 * slotCount);
    for (const [record, facts] of [base, ...others].entries())
      writeBlockKeys(normalisePerson({ id: String(record), ...facts }), keys, record * slotCount);
    expect(pairsOf(keys, () => true)).toEqual(expect.arrayContaining(["0 1", "0 2", "0 3"]));
  });
});
