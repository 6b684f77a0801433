import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { choose, tick } from "../../testing/choose.ts";
import { press } from "../../testing/connector-pages.ts";
import { useAdmin } from "../../testing/use-admin.ts";

const answers = ["<h2>Welcome back, {{profile.first_name|friend}}</h2>", "<h2>Cheapest ever</h2>"];
let model: Server | undefined;

/** A language model of ours, which always says the same. */
async function startModel(): Promise<string> {
  const content = JSON.stringify({ variants: answers });
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader("content-type", "application/json");
    const usage = { prompt_tokens: 120, completion_tokens: 30 };
    response.end(JSON.stringify({ model: "small-1", choices: [{ message: { content } }], usage }));
  });
  model = server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("content variations", { timeout: 90_000 }, () => {
  const its = useAdmin(
    async ({ call }) => {
      const rule = { attribute: { path: "profile.email", op: "exists" } };
      await call("POST", "/v1/definitions/audience", { key: "vip", name: "Regulars", body: { rule } });
      await call("POST", "/v1/definitions/audience/vip/publish", {});
      const html = "<h2>Hello {{profile.first_name|friend}}</h2>";
      const body = { placement: "home.hero", priority: 1, audiences: [], html, alt: "A greeting" };
      await call("POST", "/v1/definitions/block", { key: "hello", name: "Hello", body });
      await call("POST", "/v1/definitions/block/hello/publish", {});
    },
    async () => ({ modelUrl: await startModel(), modelName: "small" }),
  );
  afterAll(() => void model?.close());

  it("keeps brand rules as words, not as JSON", async () => {
    const page = await its.open("/brand-rules/new");
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("House style");
    await page.getByRole("textbox", { name: "Words that must not stand" }).fill("cheap*, best price\n");
    await page.getByRole("textbox", { name: "Characters at most" }).fill("120");
    await press(page, "Save draft");
    await its.titled(page, "House style");
    const { body } = await its.admin.call("GET", "/v1/definitions/brand-rules/house-style");
    expect(body).toEqual({ forbidden: ["cheap*", "best price"], maxLength: 120 });
    await its.checkLayout(page);
    await its.admin.call("POST", "/v1/definitions/brand-rules/house-style/publish", {});
    expect(its.faults()).toEqual([]);
  });

  it("asks the model, shows both texts with their differences, and puts an accepted one into the draft", async () => {
    const page = await its.open("/blocks/hello");
    await page.getByRole("link", { name: "Propose variations" }).click();
    await its.titled(page, "New variations");
    await page
      .getByRole("region", { name: "Brand rules in force" })
      .getByRole("link", { name: "House style" })
      .waitFor();
    await tick(page, page.getByRole("button", { name: /^Choose audiences/ }), /Regulars/);
    await its.checkLayout(page);
    await press(page, "Generate");
    await its.titled(page, "hello: vip");

    const first = page.getByRole("region", { name: "Variation 1" });
    await first.getByText("Proposed", { exact: true }).first().waitFor();
    expect(await first.locator("del").allInnerTexts()).toEqual(["Hello"]);
    expect((await first.locator("ins").allInnerTexts()).join("")).toContain("Welcome");
    const second = page.getByRole("region", { name: "Variation 2" });
    await second.getByText("holds “cheap*”").waitFor();
    expect(await second.getByRole("button", { name: "Accept" }).isDisabled()).toBe(true);
    await its.checkLayout(page);

    await first.getByRole("button", { name: "Accept" }).click();
    await first.getByRole("button", { name: "Put into the draft" }).click();
    await first.getByText("In version 2 of the block").waitFor();
    const block = await its.admin.call("GET", "/v1/definitions/block/hello");
    expect(block).toMatchObject({ liveVersion: 1, body: { variants: [{ audiences: ["vip"], html: answers[0] }] } });

    await second.getByRole("button", { name: "Change the text" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox").fill("<h2>Good day</h2>");
    await dialog.getByRole("button", { name: "Save" }).click();
    await second.getByText(/changed by hand/).waitFor();
    await second.getByRole("button", { name: "Reject" }).click();
    await dialog.getByRole("textbox").fill("too stiff");
    await dialog.getByRole("button", { name: "Reject" }).click();
    await second.getByText(/too stiff/).waitFor();
    expect(its.faults()).toEqual([]);
  });

  it("takes variations by hand, and lists every run", async () => {
    const page = await its.open("/variations/new?block=hello");
    await page.getByText("By hand", { exact: true }).click();
    await choose(page, /^HTML Text|Text/, "Text for people who cannot see it");
    await page.getByRole("textbox", { name: "Variation 1" }).fill("A warm greeting");
    await press(page, "Propose");
    await its.titled(page, "hello: Everybody");
    await page.getByRole("region", { name: "Variation 1" }).getByText("A warm greeting").first().waitFor();
    await its.visit("/variations", "Content variations");
    await page.getByRole("row", { name: /hello Text for people who cannot see it Everybody/ }).waitFor();
    expect(await page.getByRole("row", { name: /^hello/ }).count()).toBe(2);
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });
});
