import { expect, it } from "vitest";
import { tradeFacts } from "./person-free.ts";

it("keeps the parts of a bundle without what a person wrote on them", () => {
  const part = { sku: "pad", qty: 1, unitPrice: { minor: 500, currency: "USD" } };
  const kept = tradeFacts({
    items: [{ sku: "kit", engraving: "For Ann", children: [{ ...part, options: ["Ann"], children: [{ sku: "x" }] }] }],
  });
  expect(kept).toEqual({ items: [{ sku: "kit", children: [part] }] });
});
