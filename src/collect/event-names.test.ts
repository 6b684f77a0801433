import { describe, expect, it } from "vitest";
import { canonicalEventName, eventNames } from "./event-names.data.ts";

describe("the table of event names", () => {
  it("spells each canonical name once", () => {
    const names = eventNames.map(({ canonical }) => canonical.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(["storefront", "xdm", "segment"] as const)(
    "leads from each %s spelling to one canonical name",
    (vocabulary) => {
      const spellings = eventNames.flatMap((row) => row[vocabulary]);
      expect(spellings.length).toBeGreaterThan(10);
      expect(new Set(spellings).size).toBe(spellings.length);
      for (const spelling of spellings) expect(spelling).toBe(spelling.trim());
    },
  );

  it("lets no storefront spelling mean another row's canonical name", () => {
    for (const { canonical, storefront } of eventNames)
      for (const other of eventNames)
        if (other.canonical !== canonical) expect(storefront).not.toContain(other.canonical.toLowerCase());
  });
});

describe("the canonical name of an event", () => {
  it.each(eventNames.map((row) => [row.canonical, row]))("%s is found from every native spelling", (canonical, row) => {
    for (const name of [canonical, canonical.toLowerCase(), canonical.toUpperCase(), ...row.storefront])
      expect(canonicalEventName(name)).toBe(canonical);
  });

  it.each([
    ["orderItemsShipped", "orderShipped"],
    ["orderCanceled", "orderCancelled"],
    ["orderItemsReturnInitiated", "orderReturned"],
    ["sizeGuideOpened", "sizeGuideOpened"],
    ["constructor", "constructor"],
    ["__proto__", "__proto__"],
  ])("of %s is %s", (name, canonical) => {
    expect(canonicalEventName(name)).toBe(canonical);
  });
});
