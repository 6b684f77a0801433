import { describe, expect, it } from "vitest";
import { ClienteleError } from "../../kernel/index.ts";
import { shopRules } from "../../testing/audiences/shoppers.ts";
import { createTemplates } from "./create-templates.ts";

const templates = createTemplates({ rules: shopRules, currency: "USD" });

describe("parameters", () => {
  const faultsOf = (key: string, parameters: Record<string, unknown>): unknown => {
    try {
      templates.tree(key, parameters);
      return null;
    } catch (error) {
      if (!(error instanceof ClienteleError)) throw error;
      return { code: error.code, paths: error.details.map(({ path }) => path) };
    }
  };
  const refused = (...paths: readonly string[]) => ({ code: "audiences.templateParameters", paths });

  it.each<[string, Record<string, unknown>, unknown]>([
    ["loyal", { orders: 0 }, refused("/parameters/orders")],
    ["loyal", { orders: 1.5, days: "9" }, refused("/parameters/orders", "/parameters/days")],
    ["loyal", { days: 3651 }, refused("/parameters/days")],
    ["loyal", { order: 3 }, refused("/parameters/order")],
    ["vip", { spent: 5 }, refused("/parameters/spent")],
    ["vip", { spent: { minor: -1, currency: "USD" } }, refused("/parameters/spent")],
    ["vip", { spent: { minor: 1, currency: "usd" } }, refused("/parameters/spent")],
    ["discount-seekers", { share: 1.01 }, refused("/parameters/share")],
    ["newsletter", { status: "maybe" }, refused("/parameters/status")],
    ["searched-for", {}, refused("/parameters/phrase")],
    ["searched-for", { phrase: " " }, refused("/parameters/phrase")],
    ["customer-group", { groups: [] }, refused("/parameters/groups")],
    ["customer-group", { groups: ["a", 1] }, refused("/parameters/groups")],
    ["customer-since", { date: "2026-13-01" }, refused("/parameters/date")],
    ["default-billing", { found: "yes" }, refused("/parameters/found")],
    ["event-count", { event: "no such thing, ever" }, null],
    ["loyal", JSON.parse('{"__proto__": 1}'), refused("/parameters/__proto__")],
  ])("%s refuses what does not fit: %j", (key, parameters, expected) => {
    expect(faultsOf(key, parameters)).toEqual(expected);
  });

  it("tells a template that does not exist", () => {
    expect(faultsOf("nothing", {})).toMatchObject({ code: "audiences.templateNotFound" });
    expect(faultsOf("__proto__", {})).toMatchObject({ code: "audiences.templateNotFound" });
  });
});
