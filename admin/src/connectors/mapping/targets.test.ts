import { describe, expect, it } from "vitest";
import {
  freePaths,
  itemTargets,
  listTargets,
  targetsByKind as server,
} from "../../../../src/connectors/mapping/targets.data.ts";
import { recordKinds as serverKinds } from "../../../../src/connectors/records/record.ts";
import { listNames, recordKinds } from "./shapes.ts";
import { targetLabel } from "./target-label.ts";
import { freePathsOf, type Target, targetsOf } from "./targets.data.ts";

const shape = (targets: readonly { path: string; type: string; isRequired?: boolean }[]) =>
  targets
    .map(({ path, type, isRequired = false }) => ({ path, type, isRequired }))
    .sort((left, right) => (left.path < right.path ? -1 : 1));

describe("fields of a mapping", () => {
  it("are those that the server knows, of every kind of record", () => {
    expect([...recordKinds].sort()).toEqual([...serverKinds].sort());
    for (const kind of recordKinds) {
      expect(shape(targetsOf(kind, "fields")), kind).toEqual(shape(server[kind]));
      expect(freePathsOf(kind, "fields"), kind).toEqual(freePaths[kind]);
    }
    expect(shape(targetsOf("order", "items"))).toEqual(shape(itemTargets));
    for (const name of listNames) expect(shape(targetsOf("order", name)), name).toEqual(shape(listTargets[name]));
  });

  it("all have a name for people", () => {
    const all: readonly Target[] = [
      ...recordKinds.flatMap((kind) => targetsOf(kind, "fields")),
      ...targetsOf("order", "items"),
      ...listNames.flatMap((name) => targetsOf("order", name)),
    ];
    const unnamed = all.filter(({ path }) => targetLabel(path) === path && path !== "SKU").map(({ path }) => path);
    expect(unnamed).toEqual([]);
  });

  it("are called by what they are where the merchant named them", () => {
    expect(targetLabel("billing.address.city")).toBe("Billing: city");
    expect(targetLabel("attributes.branch")).toBe("Attribute branch");
    expect(targetLabel("whatever")).toBe("whatever");
  });
});
