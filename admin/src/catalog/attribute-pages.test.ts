import { describe, expect, it } from "vitest";
import { choose } from "../testing/choose.ts";
import { press } from "../testing/connector-pages.ts";
import { useAdmin } from "../testing/use-admin.ts";

const viewer = { email: "viewer@example.com", password: "a-long-enough-password" };

describe("product attributes", { timeout: 150_000 }, () => {
  const its = useAdmin(async ({ call }) => {
    const many = Array.from({ length: 60 }, (_, at) => ({ code: `spec_${10 + at}`, label: `Spec ${10 + at}` }));
    await call("PUT", "/v1/catalog/attributes", [
      { code: "color", label: "Color", input: "select", options: ["Blue", "Red"], filterable: true },
      { code: "material", label: "Material", input: "multiselect", usedForPromoRules: false },
      ...many.map((each) => ({ ...each, input: "text" })),
    ]);
    await call("POST", "/v1/users", { ...viewer, name: "Viewer", role: "viewer" });
  });
  const attribute = async (code: string) => {
    const { items } = await its.admin.call("GET", `/v1/catalog/attributes?q=${code}`);
    return (items as readonly Record<string, unknown>[])[0];
  };

  it("are listed with what they are used for, a page at a time, found by name and by use", async () => {
    const page = await its.open("/attributes");
    await its.titled(page, "Product attributes");
    const table = page.getByRole("table", { name: "Product attributes" });
    await table.getByRole("rowheader", { name: "Color color" }).waitFor();
    expect(await page.getByRole("switch", { name: "Color: Filter in categories" }).isChecked()).toBe(true);
    expect(await page.getByRole("switch", { name: "Color: Sortable" }).isChecked()).toBe(false);
    await its.checkLayout(page);
    await press(page, "Next");
    await table.getByRole("rowheader", { name: "Spec 69" }).waitFor();
    expect(await table.getByRole("rowheader").count()).toBe(12);
    await page.getByRole("searchbox", { name: "Code or name" }).fill("mater");
    await table.getByRole("rowheader", { name: "Material material" }).waitFor();
    expect(await table.getByRole("rowheader").count()).toBe(1);
    await page.getByRole("searchbox", { name: "Code or name" }).fill("nothing of this");
    await page.getByText("Nothing matches").first().waitFor();
    await page.getByRole("searchbox", { name: "Code or name" }).fill("");
    await choose(page, /^Any Use/, "Filter in categories");
    await table.getByRole("rowheader", { name: "Spec 10" }).waitFor({ state: "detached" });
    await table.getByRole("rowheader", { name: "Color color" }).waitFor();
    expect(its.faults()).toEqual([]);
  });

  it("are switched by keyboard at once, taken back by Undo, and given back to the shop", async () => {
    const page = await its.open("/attributes?q=color");
    const sortable = page.getByRole("switch", { name: "Color: Sortable" });
    await sortable.focus();
    await page.keyboard.press("Space");
    await page.getByText("Color: Sortable is on now").waitFor();
    expect(await attribute("color")).toMatchObject({ sortable: true, chosen: { sortable: true } });
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(async () => (await attribute("color"))?.["sortable"]).toBe(false);
    await expect.poll(() => sortable.isChecked()).toBe(false);

    const filterable = page.getByRole("switch", { name: "Color: Filter in categories" });
    await filterable.focus();
    await page.keyboard.press("Space");
    const back = page.getByRole("button", { name: "Color: as the shop says" });
    await back.waitFor();
    expect(await attribute("color")).toMatchObject({ filterable: false, chosen: { filterable: false } });
    await page.reload();
    await its.checkLayout(page);
    await back.click();
    await back.waitFor({ state: "detached" });
    expect(await filterable.isChecked()).toBe(true);
    expect(await attribute("color")).not.toHaveProperty("chosen");

    await its.open("/activity?kind=attribute");
    const changes = page.getByRole("table").getByText("Changed what an attribute is used for");
    await changes.first().waitFor();
    expect(await changes.count()).toBe(4);
    expect(its.faults()).toEqual([]);
  });

  it("say what went wrong when a change is refused, and stay as they were", async () => {
    const page = await its.open("/attributes?q=material");
    const promo = page.getByRole("switch", { name: "Material: For promo rules" });
    await promo.waitFor();
    // The shop takes it out of its list meanwhile.
    const { items } = await its.admin.call("GET", "/v1/catalog/attributes");
    const shop = (items as readonly { readonly code: string }[]).filter(({ code }) => code !== "material");
    await its.admin.call("PUT", "/v1/catalog/attributes", shop);
    await promo.focus();
    await page.keyboard.press("Space");
    await page.getByText(/no attribute has the code material/).waitFor();
    await promo.waitFor({ state: "detached" });
  });

  it("stay as they are for those who may only look, with the reason", async () => {
    const page = await its.openAs(viewer.email, viewer.password, "/attributes?q=color");
    const sortable = page.getByRole("switch", { name: "Color: Sortable" });
    await sortable.focus();
    await page.keyboard.press("Space");
    await page.getByText("It needs the permission: Publish.").first().waitFor();
    expect(await sortable.isChecked()).toBe(false);
    expect(await attribute("color")).toMatchObject({ sortable: false });
    await page.context().close();
  });
});
