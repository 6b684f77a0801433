import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { chooseFile, orderRows, press, previewOf } from "../../testing/connector-pages.ts";
import { useAdmin } from "../../testing/use-admin.ts";

const reportOf = (page: Page) => page.getByRole("region", { name: "The file's totals and what is stored" });

describe("pages of imports", { timeout: 180_000 }, () => {
  const site = useAdmin(async () => undefined);
  const auth = { authorization: "Bearer demo-admin-token" };

  /** An import whose file was sent without the pages. @returns its id */
  const upload = async (fileName: string, source: string, text: string): Promise<string> => {
    const made = await site.admin.call("POST", "/v1/imports", { kind: "order", fileName, source });
    const id = String(made["id"]);
    const sent = await fetch(`${site.admin.url}/v1/imports/${id}/file?offset=0&last=true`, {
      method: "PUT",
      headers: { ...auth, "content-type": "text/csv" },
      body: text,
    });
    expect(sent.status).toBe(200);
    return id;
  };
  const runToEnd = async (id: string): Promise<void> => {
    await site.admin.call("POST", `/v1/imports/${id}/start`);
    await expect
      .poll(async () => (await site.admin.call("GET", `/v1/imports/${id}`))["status"], { timeout: 20_000 })
      .toBe("done");
  };

  it("have no faults for screen readers, errors or sideways scrolling", async () => {
    await upload("listed.csv", "listed", orderRows(1));
    for (const [title, path] of [
      ["Imports", "/imports"],
      ["New import", "/imports/new"],
    ] as const) {
      const page = await site.visit(path, title);
      await site.checkLayout(page);
      expect(site.faults(), path).toEqual([]);
    }
  });

  it("take a file: detected, mapped, previewed with faults, run, refused rows to correct, totals compared", async () => {
    const page = await site.visit("/imports/new", "New import");
    const rows = orderRows(300, (order) => (order === 150 || order === 200 ? "yesterday" : ""));
    await chooseFile(page, "orders.csv", rows);
    await page.getByText("orders.csv,", { exact: false }).waitFor();
    await press(page, "Upload");
    await site.titled(page, "orders.csv");
    await page.getByRole("button", { name: /Semicolon/ }).waitFor();
    const preview = previewOf(page);
    await preview.getByText("20 records, no fault").waitFor();
    await page.getByRole("button", { name: "Use Branch as" }).waitFor();

    // A column that does not exist: every row says so, and the import cannot begin.
    const number = page.getByRole("combobox", { name: "What fills Order number" });
    await number.fill("Nowhere");
    await page.keyboard.press("Escape");
    await preview.getByText("20 of 20 records have a fault").waitFor();
    expect(await page.getByRole("button", { name: "Start import" }).isEnabled()).toBe(false);
    await number.fill("Order No");
    await page.keyboard.press("Escape");
    await preview.getByText("20 records, no fault").waitFor();
    await site.checkLayout(page);
    await press(page, "Start import");
    const report = reportOf(page);
    const said = "2 rows were refused; everything else is stored as the file says";
    await report.getByText(said).waitFor({ timeout: 30_000 });
    await report.getByRole("row", { name: /Order value \(EUR\).*Same/ }).waitFor();
    await site.checkLayout(page);
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download 2 refused rows" }).click(),
    ]);
    expect(file.suggestedFilename()).toBe("bad-rows-orders.csv");
    const text = readFileSync(await file.path(), "utf8");
    expect(text.startsWith("\uFEFFimport_line,import_fault,Order No")).toBe(true);
    expect(text).toContain("yesterday");
  });

  it("say of a file that comes again that what is known counts once", async () => {
    const rows = orderRows(30);
    await runToEnd(await upload("again.csv", "history", rows));
    const page = await site.visit("/imports/new", "New import");
    await chooseFile(page, "again.csv", rows);
    await page.getByText("again.csv,", { exact: false }).waitFor();
    await press(page, "Upload");
    await site.titled(page, "again.csv");
    await previewOf(page).getByText("no fault", { exact: false }).waitFor();
    await press(page, "Start import");
    const said = "had been taken before with the same content";
    await page.getByText(said, { exact: false }).waitFor({ timeout: 30_000 });
  });

  it("upload in pieces, and go on after one was cut off and after an answer was lost", async () => {
    const large = orderRows(160_000);
    expect(large.length).toBeGreaterThan(8 * 1024 * 1024);
    const page = await site.visit("/imports/new", "New import");
    let cut = 0;
    await page.route(/\/file\?offset=8388608/, async (route) => {
      cut += 1;
      // First it does not arrive; then it does, and nobody hears of it.
      if (cut === 2)
        await fetch(route.request().url(), {
          method: "PUT",
          headers: { ...auth, "content-type": "text/csv" },
          body: large.slice(8 * 1024 * 1024),
        });
      await route.abort();
    });
    await chooseFile(page, "large.csv", large);
    await page.getByText("large.csv,", { exact: false }).waitFor();
    await press(page, "Upload");
    await site.titled(page, "large.csv");
    expect(cut).toBe(2);
    await page.getByRole("button", { name: "Discard" }).waitFor({ timeout: 30_000 });
    const stored = await site.admin.call("GET", `/v1/imports/${page.url().split("/").at(-1)}`);
    expect(stored).toMatchObject({ isFileComplete: true, storedBytes: large.length });
    await press(page, "Discard");
    await page.getByRole("alertdialog").getByRole("button", { name: "Cancel", exact: true }).first().waitFor();
    await page.keyboard.press("Escape");
  });

  it("take up an upload that was left, with the same file only", async () => {
    const left = await site.admin.call("POST", "/v1/imports", { kind: "order", fileName: "left.csv" });
    const text = orderRows(50);
    const head = await fetch(`${site.admin.url}/v1/imports/${String(left["id"])}/file?offset=0&last=false`, {
      method: "PUT",
      headers: { ...auth, "content-type": "text/csv" },
      body: text.slice(0, 500),
    });
    expect(head.status).toBe(200);
    const page = await site.visit(`/imports/${String(left["id"])}`, "left.csv");
    await page.getByText("The file is not complete").waitFor();
    await chooseFile(page, "other.csv", text);
    await page.getByText("This is another file: choose left.csv.").waitFor();
    await chooseFile(page, "left.csv", text);
    // A piece whose answer is lost is sent again after a while.
    await previewOf(page).getByText("20 records, no fault").waitFor({ timeout: 40_000 });
  });

  it("say to those who may not what they may not, and show them the result without rows of people", async () => {
    await site.admin.call("POST", "/v1/users", {
      email: "viewer@example.com",
      password: "viewer-password",
      role: "viewer",
    });
    const id = await upload("seen.csv", "seen", orderRows(3));
    await runToEnd(id);
    const page = await site.openAs("viewer@example.com", "viewer-password", "/sources");
    await page.getByText("Your role does not allow this page").waitFor();
    await page.getByRole("button", { name: "New source" }).click();
    await page.getByText("It needs the permission: Administer.").first().waitFor();
    await page.goto(`${site.admin.url}/admin/imports/new`);
    await page.getByText("It needs the permission: Edit drafts.").first().waitFor();
    await page.goto(`${site.admin.url}/admin/imports/${id}`);
    await reportOf(page).waitFor();
    await page.context().close();
  });
});
