import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileRegex, regexFault } from "./regex.ts";

describe("regular expressions of rules", () => {
  it("answers as ECMAScript does, on random patterns of the shared syntax", () => {
    const atom = fc.constantFrom("a", "b", "c", ".", "[ab]", "[^a]", "\\w", "\\d", "\\b", "^", "$", "1");
    const pattern = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        atom,
        fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => `${a}${b}`),
        fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => `(${a}|${b})`),
        fc
          .tuple(fc.constantFrom("a", "b", "[ab]", "."), fc.constantFrom("*", "+", "?", "{2}", "{1,3}", "*?"))
          .map(([a, b]) => `${a}${b}`),
        fc.tuple(tie("tree"), fc.constantFrom("*", "+", "?", "{0,2}")).map(([a, b]) => `(?:${a})${b}`),
      ),
    })).tree;
    const text = fc.array(fc.constantFrom("a", "b", "c", "1", " ", "A", "\n"), { maxLength: 8 }).map((c) => c.join(""));
    fc.assert(
      fc.property(pattern, text, (source, subject) => {
        const expected = new RegExp(String(source)).test(subject);
        expect(compileRegex(String(source), true)(subject)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it("ignores case unless told otherwise, in literals and classes", () => {
    expect(compileRegex("^Ping[X-Z]$", false)("pinGy")).toBe(true);
    expect(compileRegex("^Ping", true)("ping")).toBe(false);
    expect(compileRegex("ÜBER", false)("u\u0308ber")).toBe(true);
  });

  it("stays linear where a backtracking engine would not answer", () => {
    const startedAt = performance.now();
    expect(compileRegex("(a+)+$", true)(`${"a".repeat(1000)}b`)).toBe(false);
    expect(compileRegex("(a|a)*(a|a)*x", true)("a".repeat(1000))).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  it("refuses what RE2 and ECMAScript do not read alike", () => {
    for (const pattern of [
      "(a)\\1",
      "(?=a)",
      "(?<!a)",
      "(?i)a",
      "(?<n>a)",
      "\\p{L}",
      "a{2",
      "/???***[)",
      "a**",
      "[",
      "(",
    ]) {
      expect(regexFault(pattern), pattern).toBeTypeOf("string");
    }
    expect(regexFault("a".repeat(201))).toContain("200");
    expect(regexFault("((a{100}){100}){100}")).toContain("repeats");
    for (const pattern of ["-12-25$", "(mobile|tablet)", "^[\\w.+-]+@[\\w-]+\\.[a-z]{2,}$"]) {
      expect(regexFault(pattern), pattern).toBeUndefined();
    }
  });
});
