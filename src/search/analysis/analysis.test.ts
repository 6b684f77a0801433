import { describe, expect, it } from "vitest";
import { createAnalyzer, foldText, joinLettersAndDigits } from "./analysis.ts";
import { stemEnglish } from "./english.ts";

const analyzer = createAnalyzer();

function terms(text: string): string[] {
  const found: string[] = [];
  analyzer.indexTerms(text, (term) => found.push(term));
  return found;
}

describe("analysis", () => {
  it("folds case, accents and letters with strokes", () => {
    expect(foldText("Crème BRÛLÉE Øre Straße")).toBe("creme brulee ore strasse");
  });

  it("splits at letter and digit borders in addition to the whole token", () => {
    expect(terms("dv71211ea")).toEqual(["dv71211ea", "dv", "71211", "ea"]);
    expect(terms("12V")).toEqual(["12v", "12", "v"]);
  });

  it.each([
    ["15 inch", "15in"],
    ["15-inch", "15in"],
    ['15"', "15in"],
    ["15″", "15in"],
    ["15in", "15in"],
    ["15 inches", "15in"],
    ['15.6" display', "15.6in"],
    ["15,6 inch", "15.6in"],
    ["500 GB", "500gb"],
    ["500gigabytes", "500gb"],
  ])("brings %s to the form %s", (text, form) => {
    expect(terms(text)).toContain(form);
  });

  it("takes no measure from words that only stand near a number", () => {
    expect(terms("3 in one, 2, gb")).not.toContain("2gb");
  });

  it.each([
    ["berries", "berry"],
    ["dresses", "dress"],
    ["watches", "watch"],
    ["brushes", "brush"],
    ["boxes", "box"],
    ["shirts", "shirt"],
    ["glass", "glass"],
    ["status", "status"],
    ["tennis", "tennis"],
    ["gas", "gas"],
    ["mp3s", "mp3s"],
  ])("stems %s to %s", (word, stem) => {
    expect(stemEnglish(word)).toBe(stem);
  });

  it("indexes the surface form beside the stem", () => {
    expect(terms("Running Shirts")).toEqual(["running", "shirt", "shirts"]);
  });

  it("reads a possessive as one word", () => {
    expect(terms("Men's jacket")).toEqual(["men", "mens", "jacket"]);
    expect(terms("men’s")).toEqual(["men", "mens"]);
  });

  it("counts length in whole tokens", () => {
    expect(analyzer.indexTerms("15.6 inch dv7 shirts", () => undefined)).toBe(5);
  });

  it("takes the stemmer of another locale", () => {
    const german = createAnalyzer({ locale: "de" });
    expect(german.tokens("Hosen").map(({ term }) => term)).toEqual(["hos"]);
    expect(german.isStopWord("der")).toBe(true);
  });

  it("compares product codes without separators and case", () => {
    expect(joinLettersAndDigits("24-MB01/x")).toBe("24mb01x");
  });

  it("takes any text without failing", () => {
    for (const text of [
      "",
      " ",
      "\u0000",
      "👟",
      "日本語 テスト",
      "a".repeat(10_000),
      "\ud800",
      "''\"\"",
      "1.2.3.4.5",
    ]) {
      expect(() => terms(text)).not.toThrow();
    }
    expect(terms("日本語 テスト").length).toBeGreaterThan(1);
  });
});
