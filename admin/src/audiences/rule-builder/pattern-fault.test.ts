import { expect, it } from "vitest";
import { patternFault } from "./pattern-fault.ts";

it.each(["", "@example\\.com$", "^(?:a|b)+\\d{2,3}$", "\\\\1"])("takes the pattern %j", (pattern) => {
  expect(patternFault(pattern)).toBeNull();
});

it.each(["(a)\\1", "a(?=b)", "(?<!a)b", "(?i)a", "(unclosed", "[z-a]", "a".repeat(201)])(
  "says why %j will be refused",
  (pattern) => {
    expect(patternFault(pattern)).toMatch(/\w/);
  },
);
