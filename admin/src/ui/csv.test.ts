import { describe, expect, it } from "vitest";
import { toCsv } from "./csv.ts";

describe("CSV export", () => {
  it("quotes cells with commas, quotes and line breaks", () => {
    expect(toCsv(["a", "b"], [["x,y", 'say "hi"\nthere']])).toBe('a,b\r\n"x,y","say ""hi""\nthere"');
  });

  it("keeps a spreadsheet from running what a shopper typed", () => {
    expect(toCsv(["name"], [["=HYPERLINK(1)"], ["+49 30"], ["@x"]])).toBe("name\r\n'=HYPERLINK(1)\r\n'+49 30\r\n'@x");
  });

  it("leaves negative numbers as they are", () => {
    expect(toCsv(["n"], [["-12.5"]])).toBe("n\r\n-12.5");
  });
});
