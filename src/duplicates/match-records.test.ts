import { describe, expect, it } from "vitest";
import { createMatcher } from "./match-records.ts";
import { normalisePerson } from "./normalise-person.ts";
import type { PersonFacts } from "./person-record.ts";
import { createLehmer } from "./perturbed-people-fixture.ts";

const syllables = [
  "ba",
  "lo",
  "min",
  "der",
  "ka",
  "ros",
  "tel",
  "vi",
  "sun",
  "gar",
  "fo",
  "ne",
  "pil",
  "ham",
  "zu",
  "cre",
];

/** Strangers with words of chance for names. */
function strangers(count: number): readonly PersonFacts[] {
  const random = createLehmer(3);
  const word = (length: number) =>
    Array.from({ length }, () => syllables[Math.floor(random() * syllables.length)]).join("");
  const number = (below: number) => Math.floor(random() * below);
  return Array.from({ length: count }, (_, index) => ({
    id: `s${index}`,
    givenName: word(2),
    surname: word(3),
    birthDate: `${1930 + number(75)}-0${1 + number(9)}-${10 + number(18)}`,
    addressLine1: `${1 + number(90)} ${word(3)} street`,
    city: word(3),
    postcode: String(1000 + number(9000)),
    emails: [`${word(4)}@example.com`],
    phones: [String(200_000_000 + number(700_000_000))],
  }));
}

const ana: PersonFacts = {
  id: "a",
  givenName: "Ana",
  surname: "Lopez",
  birthDate: "1979-04-23",
  addressLine1: "6 Tullaroop Street",
  city: "St James",
  postcode: "4011",
  emails: ["ana@example.com"],
  phones: ["+61 2 5550 1234"],
};

function match(people: readonly PersonFacts[], options: { wanted?: (id: string) => boolean; maxPairs?: number } = {}) {
  const matcher = createMatcher();
  for (const facts of people) matcher.add(normalisePerson(facts), options.wanted?.(facts.id) ?? true);
  return matcher.match({ minProbability: 0.5, maxPairs: options.maxPairs ?? 1_000 });
}

const crowd = strangers(400);
const idsOf = ({ pairs }: ReturnType<typeof match>) => pairs.map(({ a, b }) => `${a} ${b}`);

describe("matching", () => {
  it("finds a person behind mistakes, and says why", () => {
    const twin = { ...ana, id: "b", surname: "Lopes", birthDate: "1979-23-04", emails: [], phones: ["02 5550 1234"] };
    const { pairs } = match([...crowd, ana, twin]);
    expect(pairs).toHaveLength(1);
    const [pair] = pairs;
    expect(pair).toMatchObject({ a: "a", b: "b" });
    const texts = pair!.explanation.fields.map(({ text }) => text);
    expect(texts).toEqual(expect.arrayContaining([expect.stringMatching(/^surname nearly the same \(0\.9\d\), \+\d/)]));
    expect(texts.join()).not.toContain("lope");
  });

  it("explains with numbers that add up to the probability", () => {
    const { pairs } = match([...crowd, ana, { ...ana, id: "b", city: "Elsewhere", emails: ["other@example.org"] }]);
    const { prior, household, fields } = pairs[0]!.explanation;
    const bits = prior - household + fields.reduce((sum, { weight }) => sum + weight, 0);
    const { probability } = pairs[0]!;
    expect(bits).toBeCloseTo(Math.log2(probability / (1 - probability)), 0);
  });

  it("keeps two people of one household apart", () => {
    const household = { ...ana, id: "b", givenName: "Miguel", birthDate: "1974-11-02", emails: ["miguel@example.com"] };
    const child = { ...ana, id: "c", givenName: "Sofia", birthDate: "2003-08-15", emails: [] };
    expect(idsOf(match([...crowd, ana, household, child]))).toEqual([]);
  });

  it("does not take a common name and a placeholder date for a person", () => {
    const smiths = crowd
      .slice(0, 60)
      .map((facts) => ({ ...facts, givenName: "John", surname: "Smith", birthDate: "1900-01-01" }));
    expect(idsOf(match([...crowd.slice(60), ...smiths]))).toEqual([]);
  });

  it("does not count what is missing against anybody", () => {
    const sparse = { id: "b", givenName: "Ana", surname: "Lopez", phones: ["02 5550 1234"] };
    expect(idsOf(match([...crowd, ana, sparse]))).toEqual(["a b"]);
  });

  it("gives the same pairs on every run", () => {
    const people = [...crowd, ana, { ...ana, id: "b", surname: "Lopes" }];
    expect(match(people)).toEqual(match(people));
  });

  it("compares the changed ones with everybody, and nobody else", () => {
    const pairs = [ana, { ...ana, id: "b" }, { ...crowd[0]!, id: "t" }];
    expect(idsOf(match([...crowd, ...pairs])).sort()).toEqual(["a b", "s0 t"]);
    expect(idsOf(match([...crowd, ...pairs], { wanted: (id) => id === "b" }))).toEqual(["a b"]);
    expect(idsOf(match([...crowd, ...pairs], { wanted: () => false }))).toEqual([]);
  });

  it("keeps the most probable pairs when there are too many", () => {
    const twins = crowd.slice(0, 50).map((facts) => ({ ...facts, id: `t${facts.id}` }));
    const result = match([...crowd, ...twins], { maxPairs: 10 });
    expect(result.pairs).toHaveLength(10);
    expect(result.isTruncated).toBe(true);
    expect(match([...crowd, ...twins]).pairs).toHaveLength(50);
  });

  it.each([0, 1, 2])("takes %i records", (count) => {
    expect(match(crowd.slice(0, count)).pairs).toEqual([]);
  });
});
