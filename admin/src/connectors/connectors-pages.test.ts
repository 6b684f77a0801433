import { createHmac } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type PostgresServer, startPostgresServer } from "../../../src/testing/postgres-server.ts";
import { accessibilityFaults, type OpenAdmin, openAdmin, signIn } from "../testing/open-admin.ts";

const chromiumPath = process.env["CLIENTELE_CHROMIUM"] ?? "/usr/bin/chromium";
// Never a silent skip: what only a browser can show would go unseen.
if (!existsSync(chromiumPath))
  throw new Error(
    `the browser tests need Chromium at ${chromiumPath}: install Debian's package chromium, or set CLIENTELE_CHROMIUM to its path`,
  );

const widths = [1280, 768] as const;

/** A destination of ours: answers as it is told and remembers what came. */
async function openReceiver() {
  const state = { status: 200, bodies: [] as string[] };
  const server: Server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      state.bodies.push(body);
      response.statusCode = state.status;
      response.end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    state,
    url: `http://127.0.0.1:${port}/in`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const orderRows = (orders: number, fault: (order: number) => string = () => "") =>
  [
    "Order No;Date;Customer;E-mail;SKU;Qty;Unit price;Currency;Branch",
    ...Array.from({ length: orders }, (_, order) =>
      [
        1000 + order,
        fault(order) || `${String(1 + (order % 27)).padStart(2, "0")}.03.2024 10:00`,
        `C${order % 40}`,
        `p${order % 40}@example.com`,
        `SKU-${order % 11}`,
        1 + (order % 3),
        "10,50",
        "EUR",
        "Berlin",
      ].join(";"),
    ),
  ].join("\n");

describe("pages of sources, destinations and imports", { timeout: 180_000 }, () => {
  let admin: OpenAdmin;
  let page: Page;
  let receiver: Awaited<ReturnType<typeof openReceiver>>;
  let postgres: PostgresServer;

  beforeAll(async () => {
    [admin, receiver, postgres] = await Promise.all([openAdmin(chromiumPath), openReceiver(), startPostgresServer()]);
    const first = await admin.signedIn.newPage();
    await first.goto(`${admin.url}/admin/`);
    await signIn(first);
    await first.getByRole("heading", { level: 1, name: "Home" }).waitFor();
    await first.close();
  }, 180_000);

  afterAll(async () => {
    await admin?.close();
    await receiver?.close();
    await postgres?.stop();
  });
  afterEach(async (context) => {
    if (context.task.result?.state === "fail")
      await page.screenshot({
        path: `/tmp/shots/fail-${context.task.name.slice(0, 20).replace(/\W/g, "-")}.png`,
        fullPage: true,
      });
    await page?.close();
  });

  const open = async (path: string): Promise<Page> => {
    page = await admin.signedIn.newPage();
    page.setDefaultTimeout(30_000);
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(`${admin.url}/admin${path}`);
    await page.locator("main h1").waitFor();
    return page;
  };
  const titled = (name: string) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
  const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
  const tab = (name: string) => page.getByRole("tab", { name, exact: true }).click();
  /** Chooses in a list that opens; the option is gone when it was taken. */
  const choose = async (field: RegExp, option: string) => {
    await page.getByRole("button", { name: field }).click();
    await page.getByRole("option", { name: option, exact: true }).click();
    const list = page.getByRole("listbox");
    // A click into a list that is still opening is lost.
    for (let left = 3; left > 0 && (await list.count()) > 0; left -= 1) {
      const isGone = await list.waitFor({ state: "detached", timeout: 3_000 }).then(
        () => true,
        () => false,
      );
      if (!isGone) await page.getByRole("option", { name: option, exact: true }).click();
    }
    await list.waitFor({ state: "detached" });
  };
  /** Accessible and without sideways scrolling at both widths. */
  const isSound = async () => {
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      await expect.poll(() => page.getByLabel("Loading").count(), { timeout: 15_000 }).toBe(0);
      expect(await accessibilityFaults(page)).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  };
  const chooseFile = (name: string, text: string) =>
    page.locator("input[type=file]").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });

  it.each([
    ["Sources", "/sources"],
    ["New source", "/sources/new?from=s3"],
    ["New source", "/sources/new?from=mysql"],
    ["Destinations", "/destinations"],
    ["New destination", "/destinations/new?type=adobe-edge"],
    ["Imports", "/imports"],
    ["New import", "/imports/new"],
    ["Live events", "/events?source=nobody"],
  ])("shows %s at %s without faults for screen readers, errors or sideways scrolling", async (title, path) => {
    page = await admin.signedIn.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.goto(`${admin.url}/admin${path}`);
    await titled(title);
    await isSound();
    expect(errors).toEqual([]);
  });

  it("connects a shop by webhook: address and secret are shown, deliveries and what was refused are listed", async () => {
    await open("/sources/new");
    await page.getByRole("radio", { name: "WooCommerce" }).check({ force: true });
    await page.getByLabel("Name", { exact: true }).fill("Wool shop");
    const secret = await page.getByLabel("Signing secret").inputValue();
    expect(secret).toMatch(/^[\w-]{43}$/);
    await press("Create source");
    await page.getByText("The secret is shown this one time").waitFor();
    const address = await page.getByRole("textbox", { name: "Address to send to" }).inputValue();
    expect(address).toBe(`${admin.url}/v1/webhooks/wool-shop`);
    expect(await page.getByRole("textbox", { name: "Signing secret" }).inputValue()).toBe(secret);
    await isSound();
    await press("I have set it up");
    await titled("Wool shop");

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
    await page.reload();
    await page.getByText("Receiving").waitFor();
    await press("Show 1");
    await page.getByRole("dialog").getByText("order.created").first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();

    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Pause" }).click();
    await page.getByText("Wool shop is paused").waitFor();
    await expect.poll(() => deliver("d-3", order)).toBe(409);
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    await titled("Sources");
    await expect.poll(() => deliver("d-4", order)).toBe(401);
  });

  it("maps files of a folder on pasted rows, reads them, and shows their events alone", async () => {
    mkdirSync(join(admin.dataDir, "drop/erp"), { recursive: true });
    const rows = ["Kundennummer,E-Mail,Ort", "K1,k1@example.com,Berlin", "K2,k2@example.com,Bonn"];
    writeFileSync(join(admin.dataDir, "drop/erp/customers.csv"), rows.join("\n"));
    await open("/sources/new?from=folder");
    await page.getByLabel("Folder below the drop folder").fill("erp");
    await choose(/What its rows are/, "Customers");
    await press("Create source");
    await titled("ERP export");
    await page.getByText("No mapping yet").waitFor();
    expect(await page.getByRole("button", { name: "Read now" }).isEnabled()).toBe(false);

    await page.getByLabel("Sample rows").fill(rows.join("\n"));
    const preview = page.getByRole("region", { name: "What becomes of it" });
    // Guessed: the address alone. The customer number is called otherwise than any shop calls it.
    await preview.getByRole("rowheader", { name: "k1@example.com" }).waitFor();
    await page.getByRole("button", { name: "Use Kundennummer as" }).click();
    await page.getByRole("menuitem", { name: "Customer number", exact: true }).click();
    await preview.getByRole("rowheader", { name: "K1", exact: true }).waitFor();
    await preview.getByText("2 records, no fault").waitFor();
    await isSound();
    await press("Show K1");
    await page.getByRole("dialog").getByText("profileRecord").first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
    await press("Save");
    await page.getByText("Saved ERP export").waitFor();
    const { config } = await admin.call("GET", "/v1/sources/erp-export");
    expect(config).toMatchObject({
      mapping: { kind: "customer", fields: { "customer.id": "Kundennummer", "personalEmail.address": "E-Mail" } },
    });

    await press("Test connection");
    await page.getByText("The connection works").waitFor();
    await press("Read now");
    await tab("Runs");
    await page.getByRole("row", { name: /Finished/ }).waitFor({ timeout: 30_000 });
    await page.getByRole("link", { name: "Watch live" }).click();
    await titled("Live events");
    expect(page.url()).toContain("source=erp-export");
    await page.getByText("2 of the last").waitFor();
    // The rows that were tried are no import that anybody started.
    const { items } = await admin.call("GET", "/v1/imports");
    const tried = items as { status: string; source: string }[];
    expect(tried.filter(({ source }) => source === "mapping-sample").map(({ status }) => status)).toEqual([
      "cancelled",
    ]);
  });

  it("tests the connection to a database and takes the columns of its query over", async () => {
    const { port } = new URL(postgres.url);
    await open("/sources/new?from=postgres");
    await page.getByLabel("Host").fill("127.0.0.1");
    await page.getByLabel("Port").fill(port);
    await page.getByLabel("Port").blur();
    await page.getByLabel("Database").fill("postgres");
    await page.getByLabel("User", { exact: true }).fill("postgres");
    await choose(/Encryption/, "None");
    await page
      .getByRole("textbox", { name: "Query" })
      .fill("select 7 as id, now() as updated_at, 'a@example.com' as email");
    await page.getByLabel("Column that grows with every change").fill("updated_at");
    await page.getByLabel("Columns that tell rows apart").fill("id");
    await page.getByLabel("Password").fill("none");
    await choose(/What its rows are/, "Customers");
    await press("Create source");
    await titled("CRM");
    await press("Column names of the query");
    await expect.poll(() => page.getByLabel("Sample rows").inputValue()).toBe("id,updated_at,email\n");
    await press("Test connection");
    await page.getByText("The connection works").waitFor();

    await tab("Settings");
    await page.getByLabel("Host").fill("no-such-host.invalid");
    await press("Save");
    // Secrets do not follow to another host.
    await page.getByRole("alert").getByText("secrets/password is needed").waitFor();
    await page.getByLabel("Password").fill("again");
    await press("Save");
    await page.getByText("Saved CRM").waitFor();
    await press("Test connection");
    await page.getByText("The connection does not work").waitFor();
    await isSound();
  });

  it("changes how a value is read, and shows what comes of it and what the server does not understand", async () => {
    await admin.call("POST", "/v1/sources", {
      key: "till",
      name: "Till",
      config: { type: "webhook", preset: "generic", system: "pos" },
      secrets: { signingSecret: "long-enough-secret" },
    });
    await open("/sources/till?tab=mapping");
    await press("Add mapping for");
    await page.getByRole("menuitem", { name: "Orders" }).click();
    const receipt = { receipt: "R-1", orderdate: "03/04/2026", lines: [{ sku: "A", qty: 1, price: "3,50" }] };
    await page.getByLabel("Sample rows").fill(JSON.stringify({ rows: [receipt] }));
    const preview = page.getByRole("region", { name: "What becomes of it" });
    await preview.getByText("purchaseID is not mapped").waitFor();
    await page.getByLabel("What fills Order number").fill("receipt");
    await page.keyboard.press("Escape");
    await preview.getByRole("rowheader", { name: "R-1" }).waitFor();
    const lines = page.getByRole("region", { name: "Order lines" });
    await lines.getByText("3.50").waitFor();

    await press("Read as: Ordered at");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Format of the date").fill("MM-nonsense");
    await dialog.getByRole("button", { name: "Close" }).click();
    await preview.getByText("holds no year, month and day", { exact: false }).waitFor();
    await page.getByRole("region", { name: "Fields" }).getByRole("alert").waitFor();
    await press("Read as: Ordered at");
    await dialog.getByLabel("Format of the date").fill("MM/DD/YYYY");
    await dialog.getByRole("button", { name: "Close" }).click();
    await page.getByText("2026-03-04T00:00:00.000Z").waitFor();
    await isSound();
    await press("Save");
    await page.getByText("Saved Till").waitFor();
    const { config } = await admin.call("GET", "/v1/sources/till");
    expect(config).toMatchObject({
      mappings: [{ kind: "order", fields: { createdDate: { from: "orderdate", format: "MM/DD/YYYY" } } }],
    });

    await page.getByRole("button", { name: "Mapping as JSON" }).click();
    await page.getByLabel("Mapping as JSON", { exact: true }).last().fill("{broken");
    await press("Apply");
    await page.getByText("This is no mapping", { exact: false }).waitFor();
  });

  it("sends events on, shows what was refused, and sends it again after a fix", async () => {
    await open("/destinations/new");
    await page.getByRole("radio", { name: "Webhook" }).check({ force: true });
    await page.getByLabel("Name", { exact: true }).fill("Warehouse");
    await page.getByLabel("Address").fill(receiver.url);
    await press("Make a secret and copy it");
    await press("Create destination");
    await titled("Warehouse");
    await press("Send a test event");
    await page.getByText("The test event was taken.").waitFor();

    receiver.state.status = 422;
    await admin.call("POST", "/v1/events", {
      events: [{ type: "productPageView", anonymousId: "v-1", properties: { items: [{ sku: "S", qty: 1 }] } }],
    });
    await page.getByText("answered 422", { exact: false }).first().waitFor({ timeout: 30_000 });
    await isSound();
    receiver.state.status = 200;
    receiver.state.bodies.length = 0;
    await press("Send the oldest 200 again");
    await page.getByText("1 letters with 1 events were delivered.").waitFor();
    expect(receiver.state.bodies.join("")).toContain("productPageView");
    await page.getByText("Sent again").waitFor();

    await tab("Settings");
    await press("Choose event names");
    await page.getByRole("menuitemcheckbox", { name: "orderPlaced" }).click();
    await page.keyboard.press("Escape");
    await page.getByRole("radio", { name: "counts as no", exact: true }).check({ force: true });
    await isSound();
    await press("Save");
    await page.getByText("Saved Warehouse").waitFor();
    const { config } = await admin.call("GET", "/v1/destinations/warehouse");
    expect(config).toMatchObject({ events: { names: ["orderPlaced"] }, consent: { unset: "deny" } });

    await press("Pause");
    await page.getByText("Warehouse is paused").waitFor();
    await page.goto(`${admin.url}/admin/destinations`);
    await page.getByRole("row", { name: /Warehouse.*Paused/ }).waitFor();
    await isSound();
  });

  it("imports a file: detected, mapped, previewed with faults, run, refused rows to correct, totals compared", async () => {
    await open("/imports/new");
    const rows = orderRows(300, (order) => (order === 150 || order === 200 ? "yesterday" : ""));
    await chooseFile("orders.csv", rows);
    await page.getByText("orders.csv,", { exact: false }).waitFor();
    await press("Upload");
    await titled("orders.csv");
    await page.getByRole("button", { name: /Semicolon/ }).waitFor();
    const preview = page.getByRole("region", { name: "What becomes of it" });
    await preview.getByText("20 records, no fault").waitFor();
    await page.getByRole("button", { name: "Use Branch as" }).waitFor();

    // A column that does not exist: every row says so, and the import cannot begin.
    await page.getByRole("combobox", { name: "What fills Order number" }).fill("Nowhere");
    await page.keyboard.press("Escape");
    await preview.getByText("20 of 20 records have a fault").waitFor();
    expect(await page.getByRole("button", { name: "Start import" }).isEnabled()).toBe(false);
    await page.getByRole("combobox", { name: "What fills Order number" }).fill("Order No");
    await page.keyboard.press("Escape");
    await preview.getByText("20 records, no fault").waitFor();
    await isSound();
    await press("Start import");
    const report = page.getByRole("region", { name: "The file's totals and what is stored" });
    await report.getByText("2 rows were refused; everything else is stored as the file says").waitFor({
      timeout: 60_000,
    });
    await report.getByRole("row", { name: /Order value \(EUR\).*Same/ }).waitFor();
    await isSound();
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download 2 refused rows" }).click(),
    ]);
    expect(file.suggestedFilename()).toBe("bad-rows-orders.csv");
    const text = readFileSync(await file.path(), "utf8");
    expect(text.startsWith("\uFEFFimport_line,import_fault,Order No")).toBe(true);
    expect(text).toContain("yesterday");

    // The same file again: what is known counts once.
    await page.goto(`${admin.url}/admin/imports/new`);
    await chooseFile("orders.csv", rows);
    await press("Upload");
    await titled("orders.csv");
    await page.getByRole("region", { name: "What becomes of it" }).getByText("no fault", { exact: false }).waitFor();
    await press("Start import");
    await page.getByText("had been taken before with the same content", { exact: false }).waitFor({ timeout: 60_000 });
    await page.goto(`${admin.url}/admin/imports`);
    await page
      .getByRole("row", { name: /orders\.csv/ })
      .first()
      .waitFor();
    await isSound();
  });

  it("uploads in pieces, goes on after one was cut off, and takes up an upload that was left", async () => {
    const large = orderRows(160_000);
    expect(large.length).toBeGreaterThan(8 * 1024 * 1024);
    await open("/imports/new");
    let cut = 0;
    await page.route(/\/file\?offset=8388608/, (route) => {
      cut += 1;
      return cut === 1 ? route.abort() : route.continue();
    });
    await chooseFile("large.csv", large);
    await press("Upload");
    await titled("large.csv");
    expect(cut).toBe(2);
    await page.getByRole("button", { name: "Discard" }).waitFor({ timeout: 30_000 });
    const stored = await admin.call("GET", `/v1/imports/${page.url().split("/").at(-1)}`);
    expect(stored).toMatchObject({ isFileComplete: true, storedBytes: large.length });
    await press("Discard");
    await page.getByRole("alertdialog").getByRole("button", { name: "Cancel", exact: true }).first().waitFor();
    await page.keyboard.press("Escape");

    const left = await admin.call("POST", "/v1/imports", { kind: "order", fileName: "left.csv" });
    const text = orderRows(50);
    const head = await fetch(`${admin.url}/v1/imports/${String(left["id"])}/file?offset=0&last=false`, {
      method: "PUT",
      headers: { authorization: "Bearer demo-admin-token", "content-type": "text/csv" },
      body: text.slice(0, 500),
    });
    expect(head.status).toBe(200);
    await page.goto(`${admin.url}/admin/imports/${String(left["id"])}`);
    await page.getByText("The file is not complete").waitFor();
    await chooseFile("other.csv", text);
    await page.getByText("This is another file: choose left.csv.").waitFor();
    await chooseFile("left.csv", text);
    await page.getByRole("region", { name: "What becomes of it" }).getByText("20 records, no fault").waitFor();
  });

  it("says to those who may not what they may not", async () => {
    await admin.call("POST", "/v1/users", { email: "viewer@example.com", password: "viewer-password", role: "viewer" });
    const context = await admin.browser.newContext();
    page = await context.newPage();
    await page.goto(`${admin.url}/admin/sources`);
    await signIn(page, "viewer@example.com", "viewer-password");
    await page.getByText("Your role does not allow this page").waitFor();
    await page.getByRole("button", { name: "New source" }).click();
    await page.getByText("It needs the permission: Administer.").first().waitFor();
    await page.goto(`${admin.url}/admin/imports/new`);
    await page.getByText("It needs the permission: Edit drafts.").first().waitFor();
    await page.goto(`${admin.url}/admin/imports`);
    await page
      .getByRole("row", { name: /orders\.csv/ })
      .first()
      .getByRole("link")
      .click();
    // The result is for everybody; rows of people are not.
    await page.getByRole("region", { name: "The file's totals and what is stored" }).waitFor();
    await context.close();
  });
});
