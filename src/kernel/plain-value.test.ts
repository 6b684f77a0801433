import { describe, expect, it } from "vitest";
import { plainNumber, plainText } from "./plain-value.ts";

const hostile: unknown = JSON.parse('{"toString":1,"valueOf":1,"toJSON":1}');

describe("a plain value", () => {
  it("reads objects that say they know how", () => {
    expect(plainText(hostile)).toBe('{"toString":1,"valueOf":1,"toJSON":1}');
    expect(plainText([hostile])).toBe('[{"toString":1,"valueOf":1,"toJSON":1}]');
    expect(plainNumber(hostile)).toBeNaN();
    expect(plainNumber([hostile])).toBeNaN();
  });

  it("reads what is plain as it is written", () => {
    expect([null, undefined, "", " a ", 0, -1.5, true].map(plainText)).toEqual([
      "",
      "",
      "",
      " a ",
      "0",
      "-1.5",
      "true",
    ]);
    expect(["3", 3, " 4 ", "x", undefined].map(plainNumber)).toEqual([3, 3, 4, Number.NaN, Number.NaN]);
    expect(plainNumber(null)).toBe(0);
  });
});
