import { expect, it } from "vitest";
import { draftOfValue, kindOfValue, readTraitValue } from "./trait-value.ts";

it.each([
  ["Ada", "text"],
  ["", "text"],
  [42.5, "number"],
  [false, "truth"],
  [["a", { b: 1 }], "json"],
  [{ street1: "Elm 5" }, "json"],
] as const)("reads back the value %j that it showed as %s", (value, kind) => {
  expect(kindOfValue(value)).toBe(kind);
  expect(readTraitValue(draftOfValue(value), kind)).toEqual(value);
});

it.each([
  ["", "number"],
  ["12a", "number"],
  ["1e999", "number"],
  ["", "truth"],
  ["{", "json"],
  ["", "json"],
] as const)("finds that %j is no %s", (text, kind) => {
  expect(readTraitValue(text, kind)).toBeUndefined();
});

it("shows nothing where there is nothing", () => {
  expect([draftOfValue(null), draftOfValue(undefined), kindOfValue(null)]).toEqual(["", "", "text"]);
});
