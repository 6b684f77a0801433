import { describe, expect, it } from "vitest";
import { isAboutLines, type TraitBody, takesPath, withEvents, withField, withKind } from "./trait-body.ts";

const sum: TraitBody = {
  kind: "sum",
  description: "Spent on shoes",
  events: ["orderPlaced"],
  path: "item.row_total",
  net: true,
  window: { last: "30d" },
};

describe("body of a trait", () => {
  it("keeps what the next kind uses too, and drops the rest", () => {
    expect(withKind(sum, "avg")).toEqual({ ...sum, kind: "avg" });
    expect(withKind(sum, "count")).toEqual({
      kind: "count",
      description: "Spent on shoes",
      events: ["orderPlaced"],
      window: { last: "30d" },
    });
    expect(withKind(sum, "formula")).toEqual({ kind: "formula", description: "Spent on shoes" });
  });

  it("asks for a path where a value is needed", () => {
    expect([takesPath("sum"), takesPath("last"), takesPath("count"), takesPath("formula")]).toEqual([
      "needed",
      "optional",
      "never",
      "never",
    ]);
  });

  it("takes out a field that is emptied", () => {
    expect(withField(sum, "path", "")).not.toHaveProperty("path");
    expect(withField(sum, "window", undefined)).not.toHaveProperty("window");
    expect(withField(sum, "path", "item.qty").path).toBe("item.qty");
  });

  it("no longer takes off refunds when other events are counted", () => {
    expect(withEvents(sum, ["orderPlaced", "completeCheckout"]).net).toBe(true);
    expect(withEvents(sum, ["addToCart"])).not.toHaveProperty("net");
  });

  it("knows when product lines are looked at", () => {
    expect(isAboutLines(sum)).toBe(true);
    expect(isAboutLines({ kind: "count", lines: {} })).toBe(true);
    expect(isAboutLines({ kind: "max", path: "event.properties.results" })).toBe(false);
  });
});
