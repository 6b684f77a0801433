import { describe, expect, it } from "vitest";
import { choose, find, openOptions, takeFromMenu, tick } from "../testing/choose.ts";
import { press } from "../testing/connector-pages.ts";
import { useAdmin } from "../testing/use-admin.ts";

describe("blocks and rotations", { timeout: 90_000 }, () => {
  const its = useAdmin(async ({ call }) => {
    const everyone = { rule: { attribute: { path: "profile.email", op: "exists" } } };
    await call("POST", "/v1/definitions/audience", { key: "vip", name: "Regulars", body: everyone });
    await call("POST", "/v1/definitions/audience/vip/publish", {});
    for (const [key, name] of [
      ["news-a", "First news"],
      ["news-b", "Second news"],
    ] as const) {
      const body = { placement: "home.spare", priority: 1, audiences: [], html: `<p>${name}</p>` };
      await call("POST", "/v1/definitions/block", { key, name, body });
      await call("POST", `/v1/definitions/block/${key}/publish`, {});
    }
  });

  it("writes a block with a placeholder, data and variants in order, and previews the draft", async () => {
    const page = await its.open("/blocks/new");
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("Greeting");
    const html = page.getByLabel("HTML", { exact: true });
    await html.fill("<h2>Hello !</h2>");
    await html.evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(10, 10));
    const content = page.getByRole("region", { name: "Content", exact: true });
    await takeFromMenu(page, content.getByRole("button", { name: "Insert a placeholder" }), /First name/);
    await expect.poll(() => html.inputValue()).toBe("<h2>Hello {{profile.first_name|otherwise}}!</h2>");
    await content.getByText("Give data as well").click();
    await content.getByRole("textbox", { name: "Text of title" }).fill("Hi {{profile.first_name|you}}");

    const preview = page.getByRole("region", { name: "Preview as customer" });
    await preview.getByText("Shown to everybody").waitFor();
    await preview.frameLocator("iframe").getByText("Hello otherwise!").waitFor();
    await preview.getByText('"title": "Hi you"').waitFor();

    const variants = page.getByRole("region", { name: "Variants" });
    for (const [number, text] of [
      [1, "<p>For all the rest</p>"],
      [2, "<p>For regulars</p>"],
    ] as const) {
      await variants.getByRole("button", { name: "Add a variant" }).click();
      const variant = variants.getByRole("group", { name: `Variant ${number}`, exact: true });
      await variant.getByLabel("HTML", { exact: true }).fill(text);
    }
    const second = variants.getByRole("group", { name: "Variant 2", exact: true });
    await tick(page, second.getByRole("button", { name: /^Choose audiences/ }), /Regulars/);
    await variants.getByRole("button", { name: "Variant 2, place 2. Arrow keys move it." }).press("ArrowUp");
    await variants.getByText("Variant 2 is at place 1 now").waitFor();
    await preview.frameLocator("iframe").getByText("For all the rest").waitFor();
    await tick(page, preview.getByRole("button", { name: /As if in these audiences/ }), /Regulars/);
    await preview.frameLocator("iframe").getByText("For regulars").waitFor();
    await its.checkLayout(page);

    await press(page, "Save draft");
    await its.titled(page, "Greeting");
    const { body } = await its.admin.call("GET", "/v1/definitions/block/greeting");
    expect(body).toMatchObject({
      html: "<h2>Hello {{profile.first_name|otherwise}}!</h2>",
      json: { title: "Hi {{profile.first_name|you}}" },
      variants: [{ audiences: ["vip"], html: "<p>For regulars</p>" }, { html: "<p>For all the rest</p>" }],
    });
    const seen = page.getByRole("region", { name: "Who sees this" });
    await seen.getByText("No version of it is live now").waitFor();
    await seen.getByText("Adobe's storefront knows it by the number").waitFor();
    expect(its.faults()).toEqual([]);
  });

  it("tells who sees the draft and when, by what stands in the form", async () => {
    const body = { placement: "home.hero", priority: 1, audiences: [], html: "<p>Spring</p>" };
    await its.admin.call("POST", "/v1/definitions/block", { key: "spring", name: "Spring", body });
    await its.admin.call("POST", "/v1/definitions/block/spring/publish", {});
    const page = await its.open("/blocks/spring");
    const seen = page.getByRole("region", { name: "Who sees this" });
    const preview = page.getByRole("region", { name: "Preview as customer" });
    await seen.getByText("Visitors who are not known yet see it too").waitFor();
    await tick(
      page,
      page
        .getByRole("region", { name: "Who sees it" })
        .getByRole("button", { name: /^Choose audiences/ })
        .first(),
      /Regulars/,
    );
    // Nobody has an e-mail address here.
    await seen.getByText("Nobody is in its audiences now").waitFor();
    await tick(page, preview.getByRole("button", { name: /As if in these audiences/ }), /Regulars/);
    await preview.getByText("The visitor is in audience vip").waitFor();

    await page.getByText("Always", { exact: true }).click();
    await page.getByLabel("Starts", { exact: true }).fill("2099-03-29T03:30");
    await page.getByRole("textbox", { name: "Time zone" }).fill("Asia/Tokyo");
    const starts = "Starts on 29 March 2099, 03:30 (Asia/Tokyo)";
    await seen.getByText(starts).waitFor();
    await preview.getByText(starts).waitFor();
    await preview.getByText("Local time in Asia/Tokyo").waitFor();
    await preview.getByLabel("At time").fill("2099-03-29T03:30");
    await preview.getByText("The visitor is in audience vip").waitFor();
    await preview.getByLabel("At time").fill("2099-03-29T01:59");
    await preview.getByText(starts).waitFor();
    await page.getByRole("textbox", { name: "Time zone" }).fill("Europe/Nowhere");
    await seen.getByText("is no IANA zone").waitFor();
    await its.checkLayout(page);
    const { body: saved } = await its.admin.call("GET", "/v1/definitions/block/spring");
    expect(saved).toEqual(body);
    // The refusals of the half-written zone.
    expect(its.faults().filter((fault) => !fault.includes("422"))).toEqual([]);
    await press(page, "Discard changes");
  });

  it("says which field of a variant the server refuses, and keeps what the form was not asked to change", async () => {
    const body = {
      ...{ placement: "home.hero", priority: 1, audiences: [], html: "<p>Hi</p>", locations: ["header"] },
      ...{ externalAudiences: ["vip"], product: "MH01", dom: { selector: "#top", action: "insertAfter" } },
    };
    await its.admin.call("POST", "/v1/definitions/block", { key: "full", name: "Full", body });
    const page = await its.open("/blocks/full");
    const variants = page.getByRole("region", { name: "Variants" });
    await variants.getByRole("button", { name: "Add a variant" }).click();
    await variants.getByLabel("HTML", { exact: true }).fill("<p>{{profile.password}}</p>");
    await press(page, "Save draft");
    const refused = page.getByRole("alert").filter({ hasText: "This cannot be saved yet" });
    await refused.getByText("there is no placeholder profile.password").waitFor();
    await variants.getByText("there is no placeholder profile.password").waitFor();
    await variants.getByLabel("HTML", { exact: true }).fill("<p>Right</p>");
    await press(page, "Save draft");
    await expect
      .poll(async () => (await its.admin.call("GET", "/v1/definitions/block/full"))["body"])
      .toEqual({ ...body, variants: [{ html: "<p>Right</p>" }] });
  });

  it("puts blocks of a rotation into an order with the arrow keys", async () => {
    const page = await its.open("/rotations/new");
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("News");
    const blocks = page.getByRole("region", { name: "Blocks", exact: true });
    for (const name of ["First news", "Second news"]) {
      const box = blocks.getByRole("combobox", { name: "Add a block" });
      await openOptions(page, box);
      await find(page, box, name, new RegExp(name));
      await blocks.getByRole("link", { name }).waitFor();
    }
    const handle = blocks.getByRole("button", { name: "Second news, place 2. Arrow keys move it." });
    await handle.focus();
    await page.keyboard.press("ArrowUp");
    await blocks.getByText("Second news is at place 1 now").waitFor();
    const preview = page.getByRole("region", { name: "Preview as customer" });
    await preview.getByText("Second news: 10 times, 50%").waitFor();
    const order = preview.getByRole("list", { name: "Page views in order" });
    const shown = async () => (await order.getByRole("listitem").allTextContents()).slice(0, 3);
    await expect.poll(shown).toEqual(["Second news", "First news", "Second news"]);
    await choose(page, /Mode/, /One, shuffled/);
    await its.checkLayout(page);
    await press(page, "Save draft");
    await its.titled(page, "News");
    const { body } = await its.admin.call("GET", "/v1/definitions/block-rotation/news");
    expect(body).toMatchObject({ mode: "shuffle", source: "specified", blocks: ["news-b", "news-a"] });
    await its.visit("/rotations", "Block rotations");
    await page.getByRole("link", { name: "News", exact: true }).waitFor();
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });
});
