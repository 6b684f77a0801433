import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { choose, takeFromMenu, tick } from "../testing/choose.ts";
import { accessibilityFaults, type OpenAdmin } from "../testing/open-admin.ts";
import { useAdmin } from "../testing/use-admin.ts";

const product = (sku: string, name: string) => ({
  sku,
  name,
  type: "simple",
  brand: "Acme",
  price: { minor: 5200, currency: "EUR" },
  categories: ["men"],
  inStock: true,
  qty: 10,
  visibility: "both",
});

const view = (anonymousId: string, sku: string) => ({
  type: "productPageView",
  anonymousId,
  properties: { items: [{ sku, name: sku, qty: 1 }] },
});

/** A rule with every kind of node that an audience may have. */
const everyNode = {
  all: [
    { attribute: { path: "profile.group", op: "not_in", value: ["wholesale", "retailer"] } },
    {
      any: [
        { attribute: { path: "profile.email", op: "regex", value: "@example\\.com$" } },
        { audience: { id: "vip", for: "30d" } },
      ],
    },
    { not: { any: [{ attribute: { path: "profile.orders_count", op: "between", value: [2, 5] } }] } },
    { attribute: { path: "profile.created_at", op: "gte", value: "2026-01-01", timezone: "Europe/Berlin" } },
    { attribute: { path: "profile.email", op: "eq", value: { ref: "profile.phone" }, caseSensitive: true } },
    {
      event: {
        name: "orderPlaced",
        window: { between: ["60d", "30d"] },
        aggregate: {
          fn: "sum",
          path: "event.properties.orderTotal",
          op: "gte",
          value: { minor: 12_345, currency: "EUR" },
        },
      },
    },
    {
      event: {
        name: ["productPageView", "addToCart"],
        where: {
          items: {
            of: "event",
            match: "some",
            where: { attribute: { path: "product.brand", op: "in", value: ["Acme"] } },
          },
        },
        window: { calendar: "month", offset: -3, timezone: "Europe/Berlin" },
        count: { op: "gte", value: 5 },
        distinct: "event.properties.items.sku",
      },
    },
    {
      sequence: {
        steps: [
          { name: "addToCart" },
          {
            name: "startCheckout",
            within: "1h",
            notBetween: [{ name: "removeFromCart" }],
            same: [{ step: 0, path: "event.properties.cartId", otherPath: "event.properties.cartId" }],
          },
        ],
        window: { last: "30d" },
      },
    },
    {
      items: {
        of: "orders",
        measure: "average_amount",
        op: "gt",
        value: { minor: "3333.5", currency: "EUR" },
        window: { since: "2026-01-01T00:00:00.000Z" },
        statuses: ["complete"],
      },
    },
    { consent: { category: "marketing", status: "granted" } },
    { subscription: { group: "news", status: "subscribed" } },
    { message: { channel: "email", event: "clicked", count: { op: "eq", value: 0 }, window: { last: "90d" } } },
    { bucket: { salt: "welcome", from: 0, to: 1000 } },
    { geo: { path: "profile.place", within: { lat: 52.5, lon: 13.4, km: 20 } } },
  ],
};

describe("pages of audiences", { timeout: 60_000 }, () => {
  let admin: OpenAdmin;
  let page: Page;
  const its = useAdmin(async (opened) => {
    admin = opened;
    await admin.call("PUT", "/v1/catalog/categories", [{ path: "men", name: "Men" }]);
    await admin.call("PUT", "/v1/catalog/products", [product("MH01", "Hoodie"), product("MJ02", "Jacket")]);
    await admin.call("POST", "/v1/events", {
      events: [
        view("visitor-1", "MH01"),
        view("visitor-2", "MJ02"),
        { type: "signIn", anonymousId: "visitor-1", customerId: "c-1", email: "roni@example.com" },
      ],
    });
    for (const [key, name] of [
      ["vip", "Best customers"],
      ["staff", "Staff"],
    ]) {
      const rule = { attribute: { path: "profile.email", op: "exists" } };
      await admin.call("POST", "/v1/definitions/audience", { key, name, body: { rule } });
      await admin.call("POST", `/v1/definitions/audience/${key}/publish`, {});
    }
    await admin.app.settle();
  });
  const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });
  const add = async (kind: string) => {
    await takeFromMenu(page, button("Add condition").last(), kind);
  };
  const show = (view: "Builder" | "JSON") => page.getByRole("radio", { name: view }).click({ force: true });
  const json = () => page.getByRole("textbox", { name: "Rule as JSON" });
  const newAudience = async (name: string, rule?: object) => {
    page = await its.open("/audiences/new");
    await page.getByLabel("Name", { exact: true }).fill(name);
    if (!rule) return;
    await show("JSON");
    await json().fill(JSON.stringify(rule));
    await show("Builder");
  };
  const save = async (name: string): Promise<unknown> => {
    await button("Save draft").click();
    await its.titled(page, name);
    const key = name.toLowerCase().replaceAll(" ", "-");
    const { body } = await admin.call("GET", `/v1/definitions/audience/${key}`);
    return (body as { rule: unknown }).rule;
  };
  /** The rule that the form stands for now. */
  const shownRule = async (): Promise<unknown> => {
    await show("JSON");
    const rule: unknown = JSON.parse(await json().inputValue());
    await show("Builder");
    return rule;
  };
  const audience = (id: string) => ({ audience: { id } });

  it("has a form for every kind of condition, and keeps a rule through JSON, builder and server as it is", async () => {
    await newAudience("Every node", everyNode);
    await page.getByRole("group", { name: "Step 2" }).waitFor();
    expect(await page.getByRole("textbox", { name: "Condition in the rule language" }).count()).toBe(0);
    await page.getByText(/In words/).waitFor();
    await page.getByRole("region", { name: "Estimate" }).getByText("Exact").waitFor();
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
    expect(await save("Every node")).toEqual(everyNode);
  });

  it("undoes and repeats, and takes no broken JSON back into the builder", async () => {
    await newAudience("Undone");
    await add("Other audience");
    await add("Consent");
    await button("Undo").click();
    expect(await shownRule()).toEqual({ all: [{ audience: { ids: [] } }] });
    await button("Redo").click();
    expect(await shownRule()).toMatchObject({ all: [{}, { consent: { category: "marketing", status: "granted" } }] });
    await show("JSON");
    await json().fill("{");
    await page.getByText(/This is not a JSON object yet/).waitFor();
    expect(await page.getByRole("radio", { name: "Builder" }).isDisabled()).toBe(true);
    await json().fill('{"everyone": true}');
    await show("Builder");
    await page.getByText("No conditions: everyone is in.").waitFor();
    await button("Undo").click();
    await page.getByRole("button", { name: "Move: Consent" }).waitFor();
  });

  it("moves conditions by keyboard, keeps them in hand, and says where they went", async () => {
    await newAudience("Moved", { all: [audience("vip"), { any: [audience("staff")] }, { list: { id: "x" } }] });
    const handle = page.getByRole("button", { name: "Move: Uploaded list" });
    await handle.focus();
    await page.keyboard.press("ArrowRight");
    await page.getByRole("status").getByText("Moved to place 2 of 2").waitFor();
    expect(await shownRule()).toEqual({ all: [audience("vip"), { any: [audience("staff"), { list: { id: "x" } }] }] });
    await handle.focus();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    await expect.poll(() => handle.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await shownRule()).toEqual({ all: [{ list: { id: "x" } }, audience("vip"), { any: [audience("staff")] }] });
  });

  it("drags a condition into another group", async () => {
    await newAudience("Dragged", { all: [{ list: { id: "x" } }, { any: [audience("staff"), audience("vip")] }] });
    const target = page.getByRole("group", { name: "Group: Any of these is true" });
    const handle = page.getByRole("button", { name: "Move: Uploaded list" });
    await handle.dragTo(target.getByRole("listitem").last(), { targetPosition: { x: 200, y: 4 } });
    expect(await shownRule()).toEqual({ all: [{ any: [audience("staff"), { list: { id: "x" } }, audience("vip")] }] });
  });

  it("copies a branch into another audience", async () => {
    const branch = { any: [audience("vip"), { consent: { category: "marketing", status: "granted" } }] };
    await newAudience("Copied from", { all: [branch] });
    await takeFromMenu(page, button("More: Group"), "Copy");
    await newAudience("Copied to");
    await button("Paste").click();
    expect(await shownRule()).toEqual({ all: [branch] });
  });

  it("takes values as chips from the catalog or as typed, and money in the shop's currency", async () => {
    await newAudience("Typed values");
    await add("Products or orders");
    await button("Add a condition on it").click();
    await takeFromMenu(page, button("Add condition").first(), "Attribute");
    await page.getByRole("combobox", { name: "Attribute" }).fill("Product: SKU");
    await page.getByRole("option", { name: "Product: SKU", exact: true }).click();
    await choose(page, "Operator", "is one of");
    const values = page.getByRole("combobox", { name: "Add to Values" });
    await values.fill("jack");
    await page.getByRole("option", { name: "Jacket" }).click();
    await values.fill("OTHER-1, OTHER-2");
    await values.press("Enter");
    await page.getByRole("row", { name: "OTHER-2" }).waitFor();
    await page.keyboard.press("Escape");
    await choose(page, /Test$/, "their amount is");
    await page.getByRole("textbox", { name: "Value", exact: true }).fill("33.335");
    await page.getByRole("textbox", { name: "Currency" }).click();
    const where = { attribute: { path: "product.sku", op: "in", value: ["MJ02", "OTHER-1", "OTHER-2"] } };
    const value = { minor: "3333.5", currency: "EUR" };
    expect(await save("Typed values")).toEqual({
      all: [{ items: { of: "cart", measure: "amount", op: "gte", value, where } }],
    });
  });

  it("offers values that people have, and none of personal data", async () => {
    await newAudience("Seen values");
    await add("Attribute");
    const attribute = page.getByRole("combobox", { name: "Attribute" });
    const operators = () => choose(page, "Operator", "is");
    await page.route("**/v1/attributes/values?*", async (route) => {
      const asked = new URL(route.request().url()).searchParams;
      const items = [
        { value: "Yoga", count: 40 },
        { value: "Golf", count: 7 },
      ].filter(({ value }) => value.toLowerCase().includes((asked.get("search") ?? "").toLowerCase()));
      if (asked.get("path") === "profile.sport") return route.fulfill({ json: { source: "people", items } });
      return route.continue();
    });
    await attribute.fill("profile.sport");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
    await operators();
    const value = page.getByRole("combobox", { name: "Value", exact: true });
    await value.fill("yo");
    await page.getByRole("option", { name: "Yoga" }).getByText("40 people of the sample").waitFor();
    await expect.poll(() => page.getByRole("option").count()).toBe(1);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect.poll(() => value.inputValue()).toBe("Yoga");
    await value.fill("xyz");
    await page.getByText("No results").waitFor();
    await page.keyboard.press("Escape");
    await page.unrouteAll({ behavior: "wait" });
    await attribute.fill("Profile: E-mail");
    await page
      .getByRole("option", { name: /E-mail/ })
      .first()
      .click();
    await operators();
    await page.getByText("Personal data: its values are not listed").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it("shows a fault at the control it belongs to, while writing and after a refused save", async () => {
    await newAudience("Faulty", { all: [{ attribute: { path: "profile.email", op: "regex", value: "a" } }] });
    const value = page.getByRole("textbox", { name: "Value", exact: true });
    await value.fill("(a)\\1");
    await page.getByText("Back-references, look-around and flags are not allowed in patterns").waitFor();
    await newAudience("Faulty", {
      all: [
        { attribute: { path: "profile.orders_count", op: "eq", value: 3 } },
        { bucket: { salt: "x", from: 0, to: 1000 } },
      ],
    });
    await show("JSON");
    await json().fill(JSON.stringify({ all: [{ event: { name: "pageView", window: { last: "9999d" } } }] }));
    await show("Builder");
    await expect.poll(() => button(/When/).getAttribute("aria-describedby"), { timeout: 10_000 }).toBeTruthy();
    await button("Save draft").click();
    await page.getByRole("alert").getByText("This cannot be saved yet").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it("starts from a template with other figures", async () => {
    await newAudience("From a template");
    await button("Start from a template…").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("searchbox").fill("lapsed");
    await dialog.getByRole("button", { name: /^Lapsed customers/ }).click();
    await dialog.getByText("Why it works").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Use this rule" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("region", { name: "Estimate" }).getByText("Exact").waitFor();
    const rule = (await save("From a template")) as object;
    expect(JSON.stringify(rule)).toContain("profile.");
  });

  it("counts exactly on request and explains a person of the sample", async () => {
    page = await its.open("/audiences");
    const asked: unknown[] = [];
    await page.route("**/v1/audiences/preview", async (route) => {
      const body = route.request().postDataJSON() as { exact?: boolean };
      asked.push(body.exact ?? false);
      const answer = await route.fetch();
      const json = (await answer.json()) as Record<string, unknown>;
      const sampled = { exact: false, exactness: "sampled", margin: 12, confidence: 0.95 };
      await route.fulfill({ json: body.exact ? json : { ...json, ...sampled } });
    });
    await page.goto(`${admin.url}/admin/audiences/new`);
    await page.getByText("Sampled ± 12").waitFor();
    await button("Why? roni@example.com").click();
    await page.getByRole("dialog").getByText("True", { exact: true }).first().waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Close", exact: true }).click();
    await button("Count exactly").click();
    await page.getByRole("region", { name: "Estimate" }).getByText("Exact", { exact: true }).waitFor();
    expect(asked.at(-1)).toBe(true);
    expect(asked.filter(Boolean)).toHaveLength(1);
    await page.unrouteAll({ behavior: "wait" });
  });

  it("draws size over time with its figures, and the overlap with other audiences", async () => {
    page = await its.open("/audiences");
    const { id } = await admin.call("GET", "/v1/definitions/audience/vip");
    const at = (day: number) => new Date(Date.UTC(2026, 0, day)).toISOString();
    const items = [1, 2, 3].map((day) => ({ at: at(day), size: day * 10, entered: day, exited: 1 }));
    await page.route("**/v1/audiences/*/history?*", (route) => route.fulfill({ json: { items } }));
    await page.goto(`${admin.url}/admin/audiences/${String(id)}?tab=size`);
    await page.getByRole("img", { name: "Size" }).waitFor();
    await page.getByRole("img", { name: "Came and went" }).waitFor();
    await button("Figures").first().click();
    await page.getByRole("table", { name: "Size" }).getByRole("row", { name: /30$/ }).waitFor();
    await its.checkLayout(page);
    await page.getByRole("tab", { name: "Overlap" }).click();
    await tick(page, button(/Compare with/), "Staff");
    await page.getByText("1 (100% of the smallest)").waitFor();
    await its.checkLayout(page);
    await page.unrouteAll({ behavior: "wait" });
  });
});
