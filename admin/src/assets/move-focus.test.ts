import { describe, expect, it } from "vitest";
import { moveFocus } from "./move-focus.ts";

describe("the focal point", () => {
  it("moves by a hundredth with an arrow key, by a tenth with Shift", () => {
    expect(moveFocus({ x: 0.5, y: 0.5 }, "ArrowLeft", false)).toEqual({ x: 0.49, y: 0.5 });
    expect(moveFocus({ x: 0.5, y: 0.5 }, "ArrowDown", true)).toEqual({ x: 0.5, y: 0.6 });
  });

  it("never leaves the picture", () => {
    expect(moveFocus({ x: 0.99, y: 0 }, "ArrowRight", true)).toEqual({ x: 1, y: 0 });
    expect(moveFocus({ x: -3, y: 7 })).toEqual({ x: 0, y: 1 });
  });

  it("leaves other keys alone, whatever they are called", () => {
    for (const key of ["Tab", "a", "toString", "__proto__"]) expect(moveFocus({ x: 0, y: 0 }, key, false)).toBeNull();
  });
});
