import { describe, expect, it } from "vitest";
import { inData } from "../testing/folders.ts";
import { type FebrlRecord, loadFebrl } from "./febrl-fixture.ts";
import { createMatcher, type MatchResult } from "./match-records.ts";
import type { PersonRecord } from "./person-record.ts";
import { createLehmer, damage } from "./perturbed-people-fixture.ts";

const dataFolder = inData();
const dataset1 = loadFebrl(dataFolder, "dataset1");
const dataset2 = loadFebrl(dataFolder, "dataset2");
if (!dataset1 || !dataset2)
  console.info("duplicates quality: skipped, no febrl folder in CLIENTELE_DATA (default ../shared/data)");

function matchAll(
  people: readonly FebrlRecord[],
  change: (record: PersonRecord) => PersonRecord = (record) => record,
): MatchResult {
  const matcher = createMatcher();
  for (const { record } of people) matcher.add(change(record));
  return matcher.match({ minProbability: 0.5, maxPairs: 100_000 });
}

/** Pairwise precision, recall and F1 against the numbers of the persons; ids of records are their places. */
function judge(people: readonly FebrlRecord[], { pairs }: MatchResult, label: string): number {
  const byPerson = new Map<string, number>();
  for (const { person } of people) byPerson.set(person, (byPerson.get(person) ?? 0) + 1);
  const truth = [...byPerson.values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0);
  const personById = new Map(people.map(({ person, record }) => [record.id, person]));
  const right = pairs.filter(({ a, b }) => personById.get(a) === personById.get(b)).length;
  const precision = pairs.length === 0 ? 1 : right / pairs.length;
  const recall = right / truth;
  const f1 = (2 * precision * recall) / (precision + recall);
  console.info(
    `duplicates, ${label}: precision ${precision.toFixed(4)}, recall ${recall.toFixed(4)}, F1 ${f1.toFixed(4)} (${truth} true pairs)`,
  );
  return f1;
}

describe.skipIf(!dataset1 || !dataset2)("matching on the FEBRL records, the record number hidden", () => {
  it("reaches a pairwise F1 of 0.95 on dataset1", () => {
    expect(judge(dataset1!, matchAll(dataset1!), "dataset1")).toBeGreaterThanOrEqual(0.95);
  });

  it("reaches a pairwise F1 of 0.90 on dataset2", () => {
    expect(judge(dataset2!, matchAll(dataset2!), "dataset2")).toBeGreaterThanOrEqual(0.9);
  });

  it("holds on a random half of the records", () => {
    const random = createLehmer(11);
    const half = dataset2!.filter(() => random() < 0.5);
    expect(judge(half, matchAll(half), "half of dataset2")).toBeGreaterThanOrEqual(0.9);
  });

  it.each([
    ["birth date", { birthDate: "" }, 0.9],
    ["first name", { givenName: "" }, 0.9],
    ["address", { houseNumber: "", street: "", addressLine2: "", city: "", postcode: "", region: "" }, 0.9],
  ])("holds without the %s", (label, missing, least) => {
    const result = matchAll(dataset1!, (record) => ({ ...record, ...missing }));
    expect(judge(dataset1!, result, `dataset1 without ${label}`)).toBeGreaterThanOrEqual(least);
  });

  it("holds when every duplicate gets three more mistakes", () => {
    const random = createLehmer(12);
    const seen = new Set<string>();
    const worse = dataset1!.map((one) => {
      if (!seen.has(one.person)) {
        seen.add(one.person);
        return one;
      }
      return { ...one, record: damage(one.record, 3, random) };
    });
    expect(judge(worse, matchAll(worse), "dataset1 with three more mistakes each")).toBeGreaterThanOrEqual(0.9);
  });

  it("proposes nobody where everybody is there once", () => {
    const seen = new Set<string>();
    const once = dataset2!.filter(({ person }) => !seen.has(person) && seen.add(person));
    expect(matchAll(once).pairs).toEqual([]);
  });
});
