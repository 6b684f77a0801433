import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonValue } from "../../kernel/index.ts";
import { createConvert, plainDecimal } from "./convert-value.ts";
import type { DetailedSource, MappingOptions } from "./mapping.ts";
import { createDateReader } from "./read-date.ts";
import type { TargetType } from "./targets.data.ts";

function convert(
  raw: JsonValue | undefined,
  type: TargetType,
  source: DetailedSource = {},
  options: MappingOptions = {},
  currency = "EUR",
) {
  const result = createConvert(source, type, options)(raw, currency);
  return result.ok ? result.value : `fault ${result.code}`;
}

describe("a number as people write it", () => {
  it("is read with its signs and separators", () => {
    const cases: readonly (readonly [string, "." | ",", string | undefined])[] = [
      ["1,234.50", ".", "1234.50"],
      ["1.234,50", ",", "1234.50"],
      ["1234,5", ",", "1234.5"],
      ["1 234.5", ".", "1234.5"],
      ["1'234.50", ".", "1234.50"],
      ["£12.50", ".", "12.50"],
      ["12,50 €", ",", "12.50"],
      ["EUR 12.50", ".", "12.50"],
      ["(12.50)", ".", "-12.50"],
      ["12.50-", ".", "-12.50"],
      ["-0.00", ".", "0.00"],
      ["+7", ".", "7"],
      ["007", ".", "7"],
      [".5", ".", "0.5"],
      ["1,23", ".", undefined],
      ["12.5", ",", undefined],
      ["1.2.3", ".", undefined],
      ["abc", ".", undefined],
      ["", ".", undefined],
      ["1e5", ".", undefined],
    ];
    for (const [text, decimal, expected] of cases)
      expect([text, plainDecimal(text, decimal)]).toEqual([text, expected]);
  });

  it("means the same in the English and the German notation", () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (cents) => {
        const value = cents / 100;
        const write = (locale: string) => value.toLocaleString(locale, { minimumFractionDigits: 2 });
        expect(plainDecimal(write("en-US"), ".")).toBe(plainDecimal(write("de-DE"), ","));
        expect(Number(plainDecimal(write("en-US"), "."))).toBe(value);
      }),
    );
  });

  it("in minor units is moved by the digits of its currency", () => {
    expect(convert("1234", "money", { unit: "minor" })).toBe("12.34");
    expect(convert(5, "money", { unit: "minor" })).toBe("0.05");
    expect(convert("-5", "money", { unit: "minor" })).toBe("-0.05");
    expect(convert("1234", "money", { unit: "minor" }, {}, "JPY")).toBe("1234");
    expect(convert("1234", "money", { unit: "minor" }, {}, "KWD")).toBe("1.234");
    expect(convert("12.5", "money", { unit: "minor" })).toBe("fault money");
  });
});

describe("a value", () => {
  it("is trimmed, mapped, defaulted and cased in this order", () => {
    expect(convert("  Complete ", "text", { map: { Complete: "completed" } })).toBe("completed");
    expect(convert("other", "text", { map: { a: "b" }, otherwise: "c" })).toBe("c");
    expect(convert("", "text", { default: "none" })).toBe("none");
    expect(convert("ABC", "text", { case: "lower" })).toBe("abc");
    expect(convert(undefined, "money")).toBeUndefined();
    expect(convert("toString", "text", { map: {} })).toBe("toString");
  });

  it("may be a list, words for yes and no, or JSON inside a cell", () => {
    expect(convert("a; b ;;c", "list", { split: ";" })).toEqual(["a", "b", "c"]);
    expect(convert("Ja", "boolean")).toBe(true);
    expect(convert("offen", "boolean", { trueWords: ["zu"], falseWords: ["offen"] })).toBe(false);
    expect(convert("vielleicht", "boolean")).toBe("fault boolean");
    expect(convert('[{"SKU":"A"}]', "json")).toEqual([{ SKU: "A" }]);
    expect(convert("[{", "json")).toBe("fault json");
  });
});

describe("a date", () => {
  const read = (text: string, format?: string, zone?: string) => {
    const at = createDateReader(format, zone)?.(text);
    return at === undefined ? undefined : new Date(at).toISOString();
  };

  it("is read in the formats of shops", () => {
    expect(read("2011-08-31 17:45:00", "iso", "Europe/London")).toBe("2011-08-31T16:45:00.000Z");
    expect(read("2010-12-01 08:26:00", "iso", "Europe/London")).toBe("2010-12-01T08:26:00.000Z");
    expect(read("2022-10-15T20:20:39+00:00")).toBe("2022-10-15T20:20:39.000Z");
    expect(read("2022-10-15T20:20:39+0200")).toBe("2022-10-15T18:20:39.000Z");
    expect(read("15.10.2022 20:20", "DD.MM.YYYY HH:mm")).toBe("2022-10-15T20:20:00.000Z");
    expect(read("10/15/22 8:20 PM", "MM/DD/YY h:mm A")).toBe("2022-10-15T20:20:00.000Z");
    expect(read("1665865239", "unix")).toBe("2022-10-15T20:20:39.000Z");
    expect(read("1665865239000", "unixMs")).toBe("2022-10-15T20:20:39.000Z");
  });

  it("that does not exist is refused", () => {
    for (const text of ["2021-02-30", "2021-13-01", "2021-00-10", "yesterday", "2021-01-01T25:00:00", "", "2021-1"])
      expect([text, read(text)]).toEqual([text, undefined]);
    expect(read("31.02.2021", "DD.MM.YYYY")).toBeUndefined();
    expect(createDateReader("HH:mm")).toBeUndefined();
  });

  it("goes through a zone and back unchanged, in summer and winter", () => {
    const zone = "America/New_York";
    const format = new Intl.DateTimeFormat("sv-SE", {
      timeZone: zone,
      dateStyle: "short",
      timeStyle: "medium",
    });
    const whole = fc.integer({ min: Date.UTC(1990, 0, 1) / 1000, max: Date.UTC(2030, 0, 1) / 1000 });
    fc.assert(
      fc.property(whole, (second) => {
        const text = format.format(second * 1000);
        const back = createDateReader("iso", zone)?.(text);
        // Of an hour that occurs twice, both ends are the same wall clock.
        expect(back !== undefined && format.format(back)).toBe(text);
      }),
    );
  });

  it("in the hour that is left out goes on by the old clock", () => {
    expect(read("2024-03-31 01:30:00", "iso", "Europe/London")).toBe("2024-03-31T01:30:00.000Z");
  });
});
