import { expect, it } from "vitest";
import { insertLeafRows, mergeLeafRows } from "./leaf-rows.ts";

it("joins the rows of two profiles by time, keeping columns with their time", () => {
  expect(mergeLeafRows("abc", [1, 5], [2, 5])).toEqual([1, 2, 5, 5]);
  expect(mergeLeafRows("abc/2", [1, 90, 5, 10], [2, 80])).toEqual([1, 90, 2, 80, 5, 10]);
});

it("keeps the newest 1,000 rows", () => {
  const rows = Array.from({ length: 1000 }, (_, at) => at);
  expect(mergeLeafRows("abc", rows, [2000]).slice(-2)).toEqual([999, 2000]);
  expect(mergeLeafRows("abc", rows, [2000])).toHaveLength(1000);
  expect(insertLeafRows(rows, [500], 1)).toHaveLength(1000);
});

it("puts a late row in its place", () => {
  expect(insertLeafRows([1, 10, 5, 50], [3, 30], 2)).toEqual([1, 10, 3, 30, 5, 50]);
});
