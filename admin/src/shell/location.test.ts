import { describe, expect, it } from "vitest";
import { parseSearch, stringifySearch, toLocation } from "./location.ts";

describe("addresses", () => {
  it("keep the chosen store view on the next page", () => {
    expect(toLocation("/audiences?status=live", { storeView: "de", q: "x" })).toEqual({
      to: "/audiences",
      search: { storeView: "de", status: "live" },
    });
  });

  it("let an address name another store view", () => {
    expect(toLocation("/audiences?storeView=at", { storeView: "de" }).search).toEqual({ storeView: "at" });
  });

  it("hold plain text, so that they can be read and shared", () => {
    expect(stringifySearch({ q: "a b", status: "live", empty: "" })).toBe("?q=a+b&status=live");
    expect(parseSearch("?q=a+b&n=1")).toEqual({ q: "a b", n: "1" });
    expect(stringifySearch({})).toBe("");
  });
});
