import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { chooseFile, openTab, press } from "../../testing/connector-pages.ts";
import { useAdmin } from "../../testing/use-admin.ts";

const hostile = `<img src=x onerror="window.wasHit = true">`;

describe("pools of coupons", { timeout: 120_000 }, () => {
  const its = useAdmin(async ({ call }) => {
    const body = { priority: 5, coupon: { type: "pool" }, action: { type: "percent", percent: "10" } };
    for (const key of ["welcome", "winter"])
      await call("POST", "/v1/definitions/cart-price-rule", { key, name: key, body });
    await call("POST", "/v1/definitions/cart-price-rule/welcome/publish", {});
  });
  /** @returns the path of a new pool with codes */
  const aPool = async (name: string, ruleKey: string, codes: readonly string[] = []) => {
    const { id } = (await its.admin.call("POST", "/v1/coupon-pools", { name, ruleKey })) as { id: string };
    if (codes.length > 0) {
      const page = await its.open(`/coupons/${id}?tab=import`);
      await chooseFile(page, "codes.csv", `code\n${codes.join("\n")}\n`);
      await press(page, "Import");
      await page.getByRole("region", { name: "Result" }).waitFor();
    }
    return `/coupons/${id}`;
  };
  /** Failed requests are told by the browser too; anything else is a fault of the page. */
  const ownFaults = () => its.faults().filter((fault) => !fault.startsWith("Failed to load resource"));
  const saved = async (page: Page, name: string) => {
    const [file] = await Promise.all([page.waitForEvent("download"), press(page, name)]);
    return readFileSync((await file.path()) ?? "", "utf8");
  };

  it("show how far a generation is, and stop it", async () => {
    const path = await aPool("Large", "winter");
    const page = await its.open(`${path}?tab=generate`);
    await page.getByRole("region", { name: "Generations" }).getByText("None yet.").waitFor();
    await its.checkLayout(page);
    await its.admin.call("POST", `/v1/coupon-pools${path.slice("/coupons".length)}/generations`, {
      quantity: 5_000_000,
    });
    await page.reload();
    await page.getByRole("progressbar", { name: "Generations" }).waitFor();
    await expect
      .poll(async () => Number(await page.getByRole("progressbar").first().getAttribute("aria-valuenow")), {
        timeout: 30_000,
      })
      .toBeGreaterThan(0);
    await its.checkLayout(page);
    await press(page, "Cancel the generation of 5,000,000 codes");
    await page.getByText("Cancelled", { exact: true }).waitFor();
    await page.getByRole("progressbar").waitFor({ state: "detached" });
    await press(page, "Delete its codes");
    await page.getByText(/Deleted: .*codes?/).waitFor();
    expect(ownFaults()).toEqual([]);
  });

  it("give their codes as CSV and as XML, and an export can be cancelled", async () => {
    const path = await aPool("Exported", "winter", ["EX-1", "EX-2"]);
    const page = await its.open(path);
    await page.getByRole("row", { name: /EX-1/ }).waitFor();
    expect(await saved(page, "Export as CSV")).toMatch(
      /^code,limit,expires,used,created_at\r\nEX-1,,,0,.*\r\nEX-2,,,0,/,
    );
    expect(await saved(page, "Export as XML")).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<coupons>\n {2}<coupon code="EX-1" used="0" createdAt="[^"]+"\/>\n {2}<coupon code="EX-2"[\s\S]*<\/coupons>\n$/,
    );
    let downloads = 0;
    page.on("download", () => {
      downloads += 1;
    });
    // A server that does not come to an end.
    const hang = "**/codes.csv*";
    await page.route(hang, () => undefined);
    await press(page, "Export as CSV");
    await page.getByText("Exporting…").waitFor();
    await its.checkLayout(page);
    await press(page, "Cancel the export");
    await page.getByText("The export is cancelled; nothing was saved.").waitFor();
    await page.unroute(hang);
    expect(downloads).toBe(0);
    await page.route(hang, (route) =>
      route.fulfill({
        status: 503,
        body: '{"error":{"code":"storage.unavailable","message":"The server cannot answer now."}}',
      }),
    );
    await press(page, "Export as CSV");
    await page.getByText(/The server cannot answer now/).waitFor();
    await page.unroute(hang);
    // It works again after both.
    expect(await saved(page, "Export as CSV")).toContain("EX-2");
    expect(ownFaults()).toEqual([]);
  });

  it("tell which lines of a file are faulty, and refuse one without codes", async () => {
    const page = await its.open(`${await aPool("Imported", "winter")}?tab=import`);
    await chooseFile(
      page,
      "codes.csv",
      "code,limit,expires\nIM-1,2,2030-01-31\nIM-1,,\nbad code,,\nIM-2,many,\nIM-3,,soon\n",
    );
    await press(page, "Import");
    const result = page.getByRole("region", { name: "Result" });
    await result.waitFor();
    for (const place of ["4", "5", "6"]) await result.getByText(new RegExp(`^${place}: `)).waitFor();
    await its.checkLayout(page);
    await chooseFile(page, "other.csv", "name,price\nA,1\n");
    await press(page, "Import");
    await page.getByText(/the first line names no column code/).waitFor();
    await its.checkLayout(page);
    await chooseFile(page, "torn.csv", 'code\nIM-5\n"IM-6\n');
    await press(page, "Import");
    await page.getByText(/the file is no CSV: mend it/).waitFor();
    await chooseFile(page, "empty.csv", "");
    await press(page, "Import");
    await page.getByText(/the file is empty/).waitFor();
    await openTab(page, "Codes");
    await page.getByRole("row", { name: /IM-1 0 2 2030-01-31/ }).waitFor();
    await page.getByRole("searchbox", { name: "Code begins with" }).fill("nothing");
    await page.getByText("No code matches").waitFor();
    await its.checkLayout(page);
    expect(ownFaults()).toEqual([]);
  });

  it("are archived, brought back and deleted, but not while a live rule uses them", async () => {
    const used = await its.open(await aPool("In use", "welcome", ["USED-1"]));
    await press(used, "Archive");
    await used.getByText(/is used by live price rules: welcome/).waitFor();
    const path = await aPool("Old", "winter", ["OLD-1"]);
    const page = await its.open(path);
    await press(page, "Archive");
    await page.getByText(/Archived since .*: its codes open nothing/).waitFor();
    expect(await page.getByRole("tab").allTextContents()).toEqual(["Codes"]);
    await its.checkLayout(page);
    const list = await its.open("/coupons");
    await list.getByRole("link", { name: "In use" }).waitFor();
    expect(await list.getByRole("link", { name: "Old", exact: true }).count()).toBe(0);
    await its.open("/coupons?show=archived");
    await list.getByRole("link", { name: "Old", exact: true }).waitFor();
    await its.checkLayout(list);
    await its.open(path);
    await press(page, "Bring back");
    await page.getByText("Old is in use again").waitFor();
    await page.getByRole("tab", { name: "Import" }).waitFor();
    await press(page, "Archive");
    await press(page, "Delete for good…");
    await page
      .getByRole("alertdialog")
      .getByText(/It goes with 1 code and does not come back/)
      .waitFor();
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete for good" }).click();
    await its.titled(page, "Coupons");
    await page.getByText("The pool is deleted, with 1 code").waitFor();
    const gone = await its.open("/coupons?show=archived");
    await gone.getByText("Nothing matches").waitFor();
    await its.checkLayout(gone);
    expect(ownFaults()).toEqual([]);
  });

  it("show any name as text, and say so when a pool is not there", async () => {
    const page = await its.open(await aPool(hostile, "winter"));
    await its.titled(page, hostile);
    await page.getByText("No codes yet").waitFor();
    await its.checkLayout(page);
    await its.open("/coupons");
    await page.getByRole("link", { name: hostile }).waitFor();
    expect(await page.evaluate(() => "wasHit" in window)).toBe(false);
    const missing = "/coupons/00000000-0000-7000-8000-000000000000";
    await page.goto(`${its.admin.url}/admin${missing}`);
    await page.getByText(/there is no coupon pool/).waitFor();
    await its.checkLayout(page);
    expect(ownFaults()).toEqual([]);
  });
});
