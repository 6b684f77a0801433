import { describe, expect, it } from "vitest";
import { createAnalyzer } from "./analysis.ts";
import { createHighlighter } from "./highlight.ts";

const analyzer = createAnalyzer();
const highlight = (attribute: string, text: string, terms: ReadonlySet<string>) =>
  createHighlighter(terms, analyzer).highlight(attribute, text);

describe("highlights", () => {
  it("marks each form of a matched word and escapes the rest", () => {
    expect(highlight("name", `<b>Shirts</b> & "shirt" ties`, new Set(["shirt"]))).toEqual({
      attribute: "name",
      value: "&lt;b&gt;<em>Shirts</em>&lt;/b&gt; &amp; &quot;<em>shirt</em>&quot; ties",
      matchedWords: ["Shirts", "shirt"],
    });
  });

  it("finds accented words by their plain form", () => {
    expect(highlight("name", "Crème brûlée", new Set(["brulee"]))?.value).toBe("Crème <em>brûlée</em>");
  });

  it("is absent without a match", () => {
    expect(highlight("name", "Shirt", new Set(["jacket"]))).toBeUndefined();
  });

  it("cuts a long text around its first match", () => {
    const text = `${"word ".repeat(100)}needle ${"word ".repeat(100)}`;
    const value = highlight("description", text, new Set(["needle"]))?.value ?? "";
    expect(value).toMatch(/^…word .*<em>needle<\/em>.*…$/);
    expect(value.length).toBeLessThan(220);
  });
});
