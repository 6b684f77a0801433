import { createHmac } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PostgresServer, startPostgresServer } from "../../../../src/testing/postgres-server.ts";
import { choose, takeFromMenu } from "../../testing/choose.ts";
import { chooseCard, closeDialog, openTab, press, previewOf } from "../../testing/connector-pages.ts";
import { accessibilityFaults } from "../../testing/open-admin.ts";
import { useAdmin } from "../../testing/use-admin.ts";

describe("pages of sources", { timeout: 180_000 }, () => {
  const site = useAdmin(async () => undefined);
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await startPostgresServer();
  }, 60_000);
  afterAll(() => postgres?.stop());

  it("have no faults for screen readers, errors or sideways scrolling", async () => {
    for (const [title, path] of [
      ["Sources", "/sources"],
      ["New source", "/sources/new?from=s3"],
      ["New source", "/sources/new?from=mysql"],
      ["Live events", "/events?source=nobody"],
    ] as const) {
      const page = await site.visit(path, title);
      await site.checkLayout(page);
      expect(site.faults(), path).toEqual([]);
    }
  });

  it("connect a shop by webhook: address and secret are shown, deliveries and what was refused are listed", async () => {
    const page = await site.visit("/sources/new", "New source");
    await chooseCard(page, "WooCommerce");
    await page.getByLabel("Name", { exact: true }).fill("Wool shop");
    const secret = await page.getByLabel("Signing secret").inputValue();
    expect(secret).toMatch(/^[\w-]{43}$/);
    await press(page, "Create source");
    await page.getByText("The secret is shown this one time").waitFor();
    const address = await page.getByRole("textbox", { name: "Address to send to" }).inputValue();
    expect(address).toBe(`${site.admin.url}/v1/webhooks/wool-shop`);
    expect(await page.getByRole("textbox", { name: "Signing secret" }).inputValue()).toBe(secret);
    await site.checkLayout(page);
    const deliver = async (id: string, order: object) => {
      const body = JSON.stringify(order);
      const answer = await fetch(address, {
        method: "POST",
        body,
        headers: {
          "content-type": "application/json",
          "x-wc-webhook-topic": "order.created",
          "x-wc-webhook-delivery-id": id,
          "x-wc-webhook-signature": createHmac("sha256", secret).update(body).digest("base64"),
        },
      });
      return answer.status;
    };
    const order = {
      id: 41,
      number: "41",
      status: "processing",
      currency: "EUR",
      total: "20.00",
      date_created_gmt: "2026-01-02T10:00:00",
      date_modified_gmt: "2026-01-02T10:00:00",
      customer_id: 7,
      billing: { email: "wool@example.com" },
      line_items: [{ id: 1, sku: "WOOL", name: "Wool", quantity: 2, total: "20.00" }],
    };
    expect(await deliver("d-1", order)).toBe(200);
    expect(await deliver("d-2", { ...order, id: 42, number: "42", date_created_gmt: "never" })).toBe(200);
    await press(page, "I have set it up");
    await site.titled(page, "Wool shop");
    await page.getByText("Receiving").waitFor();
    await press(page, "Show 1");
    await page.getByRole("dialog").getByText("order.created").first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await closeDialog(page);

    const more = page.getByRole("button", { name: "More actions", exact: true });
    await takeFromMenu(page, more, "Pause");
    await page.getByText("Wool shop is paused").waitFor();
    await expect.poll(() => deliver("d-3", order)).toBe(409);
    await takeFromMenu(page, more, "Delete");
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    await site.titled(page, "Sources");
    await expect.poll(() => deliver("d-4", order)).toBe(401);
  });

  it("map files of a folder on pasted rows, read them, and show their events alone", async () => {
    mkdirSync(join(site.admin.dataDir, "drop/erp"), { recursive: true });
    const rows = ["Kundennummer,E-Mail,Ort", "K1,k1@example.com,Berlin", "K2,k2@example.com,Bonn"];
    writeFileSync(join(site.admin.dataDir, "drop/erp/customers.csv"), rows.join("\n"));
    const page = await site.visit("/sources/new?from=folder", "New source");
    await page.getByLabel("Folder below the drop folder").fill("erp");
    await choose(page, /What its rows are/, "Customers");
    await press(page, "Create source");
    await site.titled(page, "ERP export");
    await page.getByText("No mapping yet").waitFor();
    expect(await page.getByRole("button", { name: "Read now" }).isEnabled()).toBe(false);

    await page.getByLabel("Sample rows").fill(rows.join("\n"));
    const preview = previewOf(page);
    // Guessed: the address alone. The customer number is called otherwise than any shop calls it.
    await preview.getByRole("rowheader", { name: "k1@example.com" }).waitFor();
    await press(page, "Use Kundennummer as");
    await page.getByRole("menuitem", { name: "Customer number", exact: true }).click();
    await preview.getByRole("rowheader", { name: "K1", exact: true }).waitFor();
    await preview.getByText("2 records, no fault").waitFor();
    await site.checkLayout(page);
    await press(page, "Show K1");
    await page.getByRole("dialog").getByText("profileRecord").first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await closeDialog(page);
    await press(page, "Save");
    await page.getByText("Saved ERP export").waitFor();
    const { config } = await site.admin.call("GET", "/v1/sources/erp-export");
    expect(config).toMatchObject({
      mapping: { kind: "customer", fields: { "customer.id": "Kundennummer", "personalEmail.address": "E-Mail" } },
    });

    await press(page, "Test connection");
    await page.getByText("The connection works").waitFor();
    await press(page, "Read now");
    await openTab(page, "Runs");
    await page.getByRole("row", { name: /Finished/ }).waitFor({ timeout: 30_000 });
    await page.getByRole("link", { name: "Watch live" }).click();
    await site.titled(page, "Live events");
    expect(page.url()).toContain("source=erp-export");
    await page.getByText("2 of the last").waitFor();
    // The rows that were tried are no import that anybody started.
    const { items } = await site.admin.call("GET", "/v1/imports");
    const tried = items as { status: string; source: string }[];
    expect(tried.filter(({ source }) => source === "mapping-sample").map(({ status }) => status)).toEqual([
      "cancelled",
    ]);
  });

  it("test the connection to a database and take the columns of its query over", async () => {
    const { port } = new URL(postgres.url);
    const page = await site.visit("/sources/new?from=postgres", "New source");
    await page.getByLabel("Host").fill("127.0.0.1");
    await page.getByLabel("Port").fill(port);
    await page.getByLabel("Port").blur();
    await page.getByLabel("Database").fill("postgres");
    await page.getByLabel("User", { exact: true }).fill("postgres");
    await choose(page, /Encryption/, "None");
    await page
      .getByRole("textbox", { name: "Query" })
      .fill("select 7 as id, now() as updated_at, 'a@example.com' as email");
    await page.getByLabel("Column that grows with every change").fill("updated_at");
    await page.getByLabel("Columns that tell rows apart").fill("id");
    await page.getByLabel("Password").fill("none");
    await choose(page, /What its rows are/, "Customers");
    await press(page, "Create source");
    await site.titled(page, "CRM");
    await press(page, "Column names of the query");
    await expect.poll(() => page.getByLabel("Sample rows").inputValue()).toBe("id,updated_at,email\n");
    await press(page, "Test connection");
    await page.getByText("The connection works").waitFor();

    await openTab(page, "Settings");
    await page.getByLabel("Host").fill("no-such-host.invalid");
    await press(page, "Save");
    // Secrets do not follow to another host.
    await page.getByRole("alert").getByText("secrets/password is needed").waitFor();
    await page.getByLabel("Password").fill("again");
    await press(page, "Save");
    await page.getByText("Saved CRM").waitFor();
    await press(page, "Test connection");
    await page.getByText("The connection does not work").waitFor();
    await site.checkLayout(page);
  });

  it("change how a value is read, and show what comes of it and what the server does not understand", async () => {
    await site.admin.call("POST", "/v1/sources", {
      key: "till",
      name: "Till",
      config: { type: "webhook", preset: "generic", system: "pos" },
      secrets: { signingSecret: "long-enough-secret" },
    });
    const page = await site.visit("/sources/till?tab=mapping", "Till");
    await press(page, "Add mapping for");
    await page.getByRole("menuitem", { name: "Orders" }).click();
    const receipt = { receipt: "R-1", orderdate: "03/04/2026", lines: [{ sku: "A", qty: 1, price: "3,50" }] };
    await page.getByLabel("Sample rows").fill(JSON.stringify({ rows: [receipt] }));
    const preview = previewOf(page);
    await preview.getByText("purchaseID is not mapped").waitFor();
    await page.getByLabel("What fills Order number").fill("receipt");
    await page.keyboard.press("Escape");
    await preview.getByRole("rowheader", { name: "R-1" }).waitFor();
    await page.getByRole("region", { name: "Order lines" }).getByText("3.50").waitFor();

    await press(page, "Read as: Ordered at");
    const format = page.getByRole("dialog").getByLabel("Format of the date");
    await format.fill("MM-nonsense");
    await closeDialog(page);
    await preview.getByText("holds no year, month and day", { exact: false }).waitFor();
    await page.getByRole("region", { name: "Fields" }).getByRole("alert").waitFor();
    await press(page, "Read as: Ordered at");
    await format.fill("MM/DD/YYYY");
    await closeDialog(page);
    await page.getByText("2026-03-04T00:00:00.000Z").waitFor();
    await site.checkLayout(page);
    await press(page, "Save");
    await page.getByText("Saved Till").waitFor();
    const { config } = await site.admin.call("GET", "/v1/sources/till");
    expect(config).toMatchObject({
      mappings: [{ kind: "order", fields: { createdDate: { from: "orderdate", format: "MM/DD/YYYY" } } }],
    });

    await press(page, "Mapping as JSON");
    await page.getByLabel("Mapping as JSON", { exact: true }).last().fill("{broken");
    await press(page, "Apply");
    await page.getByText("This is no mapping", { exact: false }).waitFor();
  });
});
