import { expect, it } from "vitest";
import { undoOf } from "./attribute-flags.ts";

it("undo gives back what was set before, and to the shop what was not", () => {
  expect(undoOf({}, { sortable: true })).toEqual({ sortable: null });
  expect(undoOf({ chosen: { sortable: false, searchable: true } }, { sortable: null, filterable: true })).toEqual({
    sortable: false,
    filterable: null,
  });
});
