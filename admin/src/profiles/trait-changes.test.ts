import { expect, it } from "vitest";
import type { TraitWrite } from "../privacy/shapes.ts";
import { traitChanges } from "./trait-changes.ts";

const write = (messageId: string, traits: TraitWrite["traits"], more: Partial<TraitWrite> = {}): TraitWrite => ({
  at: `2026-01-0${messageId}T00:00:00.000Z`,
  messageId,
  sourceId: "crm",
  traits,
  ...more,
});

it("tells what stood there before: as a correction says, else the write before it", () => {
  const rows = traitChanges([
    write(
      "4",
      { city: null },
      { sourceId: "admin", actor: "a", reason: "r", previous: { city: "Bonn" }, correctionId: "c" },
    ),
    write("3", { city: "Ulm", age: 3 }),
    write("2", { city: "Köln" }),
  ]);
  expect(rows.map(({ trait, old, new: now }) => [trait, old, now])).toEqual([
    ["city", "Bonn", null],
    ["city", "Köln", "Ulm"],
    ["age", undefined, 3],
    ["city", undefined, "Köln"],
  ]);
});

it("offers to undo a correction only while nothing was written over any of its traits", () => {
  const first = write("1", { city: "Ulm", age: 3 }, { correctionId: "c1", previous: { city: null, age: null } });
  const second = write("2", { age: 4 }, { correctionId: "c2", previous: { age: 3 } });
  const third = write("3", { city: "Bonn" });
  const undoable = (...writes: TraitWrite[]) =>
    traitChanges(writes).flatMap(({ trait, correction }) => (correction ? [[trait, correction.correctionId]] : []));
  expect(undoable(first)).toEqual([
    ["city", "c1"],
    ["age", "c1"],
  ]);
  expect(undoable(second, first)).toEqual([["age", "c2"]]);
  expect(undoable(third, second)).toEqual([["age", "c2"]]);
});
