import { describe, expect, it } from "vitest";
import { insertAt } from "./insert-at.ts";
import { readyHtml } from "./ready-html.ts";

describe("inserting into a text", () => {
  it("takes the place of what is selected and says where the caret belongs", () => {
    expect(insertAt({ selectionStart: 6, selectionEnd: 9 }, "Hello you!", "{{a}}")).toEqual({
      text: "Hello {{a}}!",
      caret: 11,
    });
  });

  it("adds at the end where nothing is known of the caret, and survives a caret beyond the text", () => {
    expect(insertAt(null, "ab", "c").text).toBe("abc");
    expect(insertAt({ selectionStart: 9, selectionEnd: 12 }, "ab", "c").text).toBe("abc");
  });
});

describe("HTML in the preview", () => {
  const id = "0190c1d2-7f3a-7c11-8a55-2f6f3c0d9e10";

  it("shows pictures of the library by their public address", () => {
    expect(readyHtml(`<img src="asset:${id}/w960"><img src="asset:${id}">`)).toBe(
      `<img src="/assets/${id}/w960"><img src="/assets/${id}/original">`,
    );
  });

  it("takes pictures that the server has named in full from its own host", () => {
    expect(readyHtml(`<img src="http://shop.example:4000/assets/${id}/w320?v=1">`)).toBe(
      `<img src="/assets/${id}/w320?v=1">`,
    );
  });

  it("leaves all else as it is", () => {
    expect(readyHtml('<a href="asset:no">{{cart.subtotal|}}</a>')).toBe('<a href="asset:no">{{cart.subtotal|}}</a>');
  });
});
