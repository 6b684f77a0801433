import fc from "fast-check";
import { expect, it } from "vitest";
import { joinToBuffer } from "./join-to-buffer.ts";

it("writes the bytes of the joined text, whatever the texts hold", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "grapheme" })),
      fc.constantFrom("", ",", "\n", ", "),
      fc.constantFrom("", "["),
      fc.constantFrom("", "]"),
      (texts, between, before, after) => {
        const joined = joinToBuffer(texts, between, [before, after]);
        expect(joined).toEqual(Buffer.from(before + texts.join(between) + after));
      },
    ),
  );
});
