import { describe, expect, it } from "vitest";
import { toPersonItems } from "./ease.ts";
import { numberItems } from "./session-log.ts";
import { learnTaste, type TasteSettings, tasteOf } from "./taste.ts";

const histories = Array.from({ length: 80 }, (_, at) => {
  const names = at % 2 === 0 ? ["a", "b", "c", "d"] : ["w", "x", "y", "z"];
  return { items: names.filter((_name, place) => (at >> 1) % 4 !== place).concat(at === 0 ? ["rare"] : []) };
});
const numbers = numberItems(histories);
const learn = (settings: Partial<TasteSettings> = {}) => learnTaste(toPersonItems(histories, numbers), settings);
const small = { maxEaseItems: 3, ials: { dimensions: 8, epochs: 30 } };

describe("long-term taste", () => {
  it.each([
    { kind: "ease", settings: {} },
    { kind: "ials", settings: small },
  ])("finds what goes with a history by $kind, with as many items as that is for", ({ kind, settings }) => {
    const learned = learn(settings);
    expect(learned).toMatchObject({ kind, personCount: 80 });
    const taste = tasteOf(learned, numbers);
    const liked = taste
      .like(
        new Map([
          ["a", 1],
          ["b", 4],
        ]),
        8,
      )
      .map(({ item }) => item);
    expect(
      liked
        .filter((item) => !["a", "b"].includes(item))
        .slice(0, 2)
        .sort(),
    ).toEqual(["c", "d"]);
    expect(taste.like(new Map([["a", 1]]), 1)).toHaveLength(1);
    expect(
      taste.like(
        new Map([
          ["nobody-knows", 1],
          ["__proto__", 1],
        ]),
      ),
    ).toEqual([]);
    expect(
      taste.like(
        new Map([
          ["a", -3],
          ["b", Number.NaN],
        ]),
      ),
    ).toEqual([]);
    expect(learn(settings)).toEqual(learned);
  });

  it("learns nothing of what too few people did, and of nobody nothing", () => {
    expect([...learn().items].map((item) => numbers.names[item])).not.toContain("rare");
    const empty = tasteOf(learnTaste(toPersonItems([], numbers)), numbers);
    expect([empty.personCount, empty.like(new Map([["a", 1]]))]).toEqual([0, []]);
    expect([...learn({ maxItems: 2 }).items]).toHaveLength(2);
  });
});
