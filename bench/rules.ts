import { Engine } from "json-rules-engine";
import sift from "sift";
import { compileRule, createAttributeCatalog, type RuleNode } from "../src/kernel/rules/index.ts";
import type { BenchRow } from "./bench-row.ts";

// One core judging 10,000 people by 40 audiences of five attribute leaves each, beside sift and json-rules-engine on trees
// that mean the same. Run alone: node --import tsx bench/rules.ts

export type RulesBenchOptions = {
  readonly people?: number;
  readonly rules?: number;
  /** Least time measured for each engine. */
  readonly minMs?: number;
};

type Person = Readonly<Record<string, string | number | boolean | readonly string[]>>;
type Leaf = readonly [
  path: string,
  op: "eq" | "gte" | "lt" | "in" | "contains",
  value: string | number | readonly string[],
];

const groups = ["general", "wholesale", "retailer", "vip"];
const countries = ["DE", "US", "FR", "GB", "PL"];
const nowMs = Date.parse("2026-03-10T12:00:00Z");

/** The generator of Numerical Recipes: the same people in every run. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function pick<T>(values: readonly T[], random: () => number): T {
  return values[Math.floor(random() * values.length)]!;
}

function makePerson(random: () => number): Person {
  return {
    group: pick(groups, random),
    country: pick(countries, random),
    orders_count: Math.floor(random() * 12),
    sessions: Math.floor(random() * 60),
    age: 18 + Math.floor(random() * 60),
    coupons_used: ["SPRING", "VIP10", "WELCOME"].filter(() => random() < 0.3),
  };
}

/** Two conditions of an `any`, then three more: all engines stop at the first that decides. */
function makeLeaves(random: () => number): readonly Leaf[] {
  return [
    ["group", "in", [pick(groups, random), pick(groups, random)]],
    ["country", "eq", pick(countries, random)],
    ["orders_count", "gte", Math.floor(random() * 6)],
    ["age", "lt", 30 + Math.floor(random() * 40)],
    ["coupons_used", "contains", "SPRING"],
  ];
}

const catalog = createAttributeCatalog([
  { path: "profile.group", type: "key", label: "Group" },
  { path: "profile.country", type: "key", label: "Country" },
  { path: "profile.orders_count", type: "number", label: "Orders" },
  { path: "profile.sessions", type: "number", label: "Sessions" },
  { path: "profile.age", type: "number", label: "Age" },
  { path: "profile.coupons_used", type: "list", label: "Coupons" },
]);

function toRule(leaves: readonly Leaf[]): RuleNode {
  const nodes = leaves.map(([path, op, value]) => ({ attribute: { path: `profile.${path}`, op, value } }) as RuleNode);
  return { all: [{ any: nodes.slice(0, 2) }, ...nodes.slice(2)] };
}

function toSift([path, op, value]: Leaf): object {
  const operator = { eq: "$eq", gte: "$gte", lt: "$lt", in: "$in", contains: "$eq" }[op];
  return { [path]: { [operator]: value } };
}

function toEngine([fact, op, value]: Leaf): { fact: string; operator: string; value: unknown } {
  const operator = { eq: "equal", gte: "greaterThanInclusive", lt: "lessThan", in: "in", contains: "contains" }[op];
  return { fact, operator, value };
}

type Measured = { readonly evaluations: number; readonly hits: number; readonly perSecond: number };

/** Repeats whole passes over everybody until `minMs` have gone. */
async function measure(
  minMs: number,
  evaluationsPerPass: number,
  pass: () => number | Promise<number>,
): Promise<Measured> {
  let hits = await pass();
  let passes = 0;
  const startedAt = performance.now();
  while (performance.now() - startedAt < minMs) {
    hits = await pass();
    passes += 1;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const evaluations = evaluationsPerPass * passes;
  return { evaluations, hits, perSecond: evaluations / seconds };
}

/**
 * Leaf evaluations a second on one core.
 *
 * A leaf that a group skips is not counted: `evaluations` are the leaves that a left-to-right evaluation looks at.
 */
export async function run(options: RulesBenchOptions = {}): Promise<BenchRow[]> {
  const { people: peopleCount = 10_000, rules: ruleCount = 40, minMs = 2000 } = options;
  const random = randomFrom(1);
  const people = Array.from({ length: peopleCount }, () => makePerson(random));
  const trees = Array.from({ length: ruleCount }, () => makeLeaves(random));

  const compiled = trees.map((leaves) => compileRule(toRule(leaves), { catalog }));
  const subjects = people.map((profile) => ({ profile }));
  const looked = countLooked(people, trees);
  const own = await measure(minMs, looked, () =>
    countHits(compiled, (rule) => subjects.filter((subject) => rule.test(subject, nowMs)).length),
  );

  const filters = trees.map((leaves) =>
    sift.default({ $and: [{ $or: leaves.slice(0, 2).map(toSift) }, ...leaves.slice(2).map(toSift)] }),
  );
  const sifted = await measure(minMs, looked, () =>
    countHits(filters, (filter) => people.filter((person) => filter(person)).length),
  );

  // It takes about a thousand times longer: fewer people say the same.
  const few = people.slice(0, Math.max(1, Math.round(peopleCount / 200)));
  const engine = new Engine([], { allowUndefinedFacts: true });
  for (const leaves of trees) {
    const conditions = { all: [{ any: leaves.slice(0, 2).map(toEngine) }, ...leaves.slice(2).map(toEngine)] };
    engine.addRule({ conditions, event: { type: "hit" } });
  }
  const engined = await measure(minMs, countLooked(few, trees), async () => {
    let hits = 0;
    for (const person of few) hits += (await engine.run({ ...person })).results.length;
    return hits;
  });
  const fewHits = countHits(compiled, (rule) => few.filter((profile) => rule.test({ profile }, nowMs)).length);
  if (own.hits !== sifted.hits || engined.hits !== fewHits) {
    throw new Error(`the engines disagree: ${own.hits} and ${sifted.hits}; ${fewHits} and ${engined.hits}`);
  }

  const note = `${peopleCount} people × ${ruleCount} rules of 5 leaves; ${own.hits} hits in each engine`;
  const row = (floor: string, other: Measured): BenchRow => ({
    name: `rule evaluation beside ${floor}`,
    value: Math.round(own.perSecond),
    unit: "leaf evaluations/s",
    budget: "≥ 1,000,000 and faster",
    floor: `${floor} ${Math.round(other.perSecond)}/s`,
    ratio: own.perSecond / other.perSecond,
    note,
  });
  return [row("sift", sifted), row("json-rules-engine", engined)];
}

function countHits<T>(rules: readonly T[], hitsOf: (rule: T) => number): number {
  return rules.reduce((sum, rule) => sum + hitsOf(rule), 0);
}

/** Leaves that an evaluation from left to right looks at. */
function countLooked(people: readonly Person[], trees: readonly (readonly Leaf[])[]): number {
  const single = trees.map((leaves) => leaves.map((leaf) => compileRule(toRule([leaf]), { catalog })));
  let looked = 0;
  for (const profile of people) {
    for (const [first, second, ...rest] of single) {
      const either = first!.test({ profile }, nowMs);
      looked += either ? 1 : 2;
      if (!either && !second!.test({ profile }, nowMs)) continue;
      for (const leaf of rest) {
        looked += 1;
        if (!leaf.test({ profile }, nowMs)) break;
      }
    }
  }
  return looked;
}

if (import.meta.url === `file://${process.argv[1]}`) console.table(await run());
