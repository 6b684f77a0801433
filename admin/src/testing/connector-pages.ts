/** What the tests of connector pages do with a page; for tests only. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";

export const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
export const openTab = (page: Page, name: string) => page.getByRole("tab", { name, exact: true }).click();
export const closeDialog = (page: Page) =>
  page.getByRole("dialog").getByRole("button", { name: "Close", exact: true }).click();
export const chooseCard = (page: Page, name: string) =>
  page.getByRole("radio", { name, exact: true }).check({ force: true });

export const chooseFile = (page: Page, name: string, text: string) =>
  page.locator("input[type=file]").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });

/** What becomes of rows by their mapping. */
export const previewOf = (page: Page) => page.getByRole("region", { name: "What becomes of it" });

/** Orders of one line each, as a till writes them. */
export const orderRows = (orders: number, fault: (order: number) => string = () => "") =>
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

/** A destination of ours: answers as it is told and remembers what came. */
export async function openReceiver() {
  const state = { status: 200, bodies: [] as string[] };
  const server = createServer((request, response) => {
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
