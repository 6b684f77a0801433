import { describe, expect, it } from "vitest";
import { placeholderPaths } from "../../../src/content/blocks/template/placeholder.ts";
import { placeholderGroups } from "./placeholders.data.ts";

describe("the menu of placeholders", () => {
  it("offers every path that the server takes, by the server's name, and no other", () => {
    expect(Object.assign({}, ...Object.values(placeholderGroups))).toEqual(placeholderPaths);
  });
});
