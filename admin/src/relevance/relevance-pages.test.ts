import { describe, expect, it } from "vitest";
import { useAdmin } from "../testing/use-admin.ts";

describe("relevance pages", () => {
  const its = useAdmin(async ({ app, call }) => {
    const product = { price: "80.00", currency: "USD", categories: ["camping"] };
    await call("PUT", "/v1/catalog/products", [
      { ...product, sku: "tent-2", name: "Two person tent" },
      { ...product, sku: "tent-4", name: "Family tent" },
      { ...product, sku: "pegs", name: "Tent pegs" },
      { ...product, sku: "stove", name: "Camping stove" },
    ]);
    await app.search.settled();
  });

  it("begins a query set, judges the products of a query, and takes a judgement back", async () => {
    const page = await its.open("/relevance");
    await page.getByText("No query sets yet").waitFor();
    await its.checkLayout(page);
    await page.getByRole("button", { name: "New query set" }).first().click();
    await page.getByLabel("Name").fill("Camping");
    await page.getByRole("button", { name: "Make query set" }).click();
    await its.titled(page, "Camping");
    await page.getByText("No query is judged yet. Type one above.").waitFor();

    await page.getByLabel("Query to judge").fill("tent");
    await page.keyboard.press("Enter");
    await page.getByText("3 products found").waitFor();
    const grades = (name: string) => page.getByRole("radiogroup", { name: `How well ${name} fits` });
    await grades("Two person tent").getByText("Perfectly").click();
    await page.getByText("1 judged, 1 of them fit").waitFor();
    await grades("Tent pegs").getByText("Does not fit").click();
    await page.getByText("2 judged, 1 of them fit").waitFor();
    await its.checkLayout(page);
    await page.reload();
    await expect.poll(() => grades("Two person tent").getByRole("radio", { name: "Perfectly" }).isChecked()).toBe(true);
    await grades("Tent pegs").getByText("Not judged").click();
    await page.getByText("1 judged, 1 of them fit").waitFor();
    expect(its.faults()).toEqual([]);
  });

  it("compares the shop with and without rules, query by query", async () => {
    const page = await its.open("/relevance/camping?tab=compare");
    await page.getByRole("button", { name: "Compare", exact: true }).click();
    await page.getByRole("row", { name: /tent .* 0$/ }).waitFor();
    await page.getByRole("heading", { name: "Products shown that are judged" }).waitFor();
    await its.checkLayout(page);
    await page.getByRole("table").getByRole("link", { name: "tent" }).click();
    await page.getByText("3 products found").waitFor();
  });

  it("keeps what the live search is worth, and shows it", async () => {
    const page = await its.open("/relevance/camping?tab=history");
    await page.getByText("Not measured yet").waitFor();
    await page.getByRole("button", { name: "Measure now" }).click();
    await page.getByText(/^NDCG@10 is/).waitFor();
    await page.getByRole("button", { name: "Measure now" }).click();
    await page.getByRole("img", { name: "NDCG@10" }).waitFor();
    await its.checkLayout(page);
  });

  it("takes judgements from a file, and says which line is wrong", async () => {
    const page = await its.open("/relevance/camping");
    await page.getByRole("button", { name: "Import CSV" }).click();
    const choose = (content: string) =>
      page
        .locator("input[type=file]")
        .setInputFiles({ name: "grades.csv", mimeType: "text/csv", buffer: Buffer.from(content) });
    await choose("query,sku,grade\nstove,stove,7\n");
    await page.getByRole("dialog").getByRole("button", { name: "Import CSV" }).click();
    await page
      .getByText(/line 2: grade must be 0 to 3/)
      .first()
      .waitFor();
    await choose("query,sku,grade\nstove,stove,3\n");
    await page.getByRole("dialog").getByRole("button", { name: "Import CSV" }).click();
    await page.getByText("The set holds 2 judgements now").waitFor();
    await page.getByRole("button", { name: /^stove/ }).click();
    await page.getByText("1 product found").waitFor();
  });

  it("deletes a set after a question", async () => {
    const page = await its.open("/relevance/camping");
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("Camping deleted").waitFor();
    await page.getByText("No query sets yet").waitFor();
  });
});
