import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tick } from "../../testing/choose.ts";
import { chooseCard, openReceiver, openTab, press } from "../../testing/connector-pages.ts";
import { useAdmin } from "../../testing/use-admin.ts";

describe("pages of destinations", { timeout: 180_000 }, () => {
  const site = useAdmin(async () => undefined);
  let receiver: Awaited<ReturnType<typeof openReceiver>>;
  beforeAll(async () => {
    receiver = await openReceiver();
  });
  afterAll(() => receiver?.close());

  const make = (key: string, name: string, config: object = {}) =>
    site.admin.call("POST", "/v1/destinations", {
      key,
      name,
      config: { type: "webhook", url: receiver.url, ...config },
      secrets: { signingSecret: "long-enough-secret" },
    });

  it("have no faults for screen readers, errors or sideways scrolling", async () => {
    await make("listed", "Listed", { events: { names: ["never"] } });
    for (const [title, path] of [
      ["Destinations", "/destinations"],
      ["New destination", "/destinations/new?type=adobe-edge"],
    ] as const) {
      const page = await site.visit(path, title);
      await site.checkLayout(page);
      expect(site.faults()).toEqual([]);
    }
  });

  it("make a destination, and test it", async () => {
    const page = await site.visit("/destinations/new", "New destination");
    await chooseCard(page, "Webhook");
    await page.getByLabel("Name", { exact: true }).fill("Warehouse");
    await page.getByLabel("Address").fill(receiver.url);
    await press(page, "Make a secret and copy it");
    await press(page, "Create destination");
    await site.titled(page, "Warehouse");
    await press(page, "Send a test event");
    await page.getByText("The test event was taken.").waitFor();
  });

  it("show what was refused, and send it again after a fix", async () => {
    await make("letters", "Letters", { events: { names: ["giftWrapChosen"] } });
    receiver.state.status = 422;
    await site.admin.call("POST", "/v1/events", { events: [{ type: "giftWrapChosen", anonymousId: "v-1" }] });
    const page = await site.visit("/destinations/letters", "Letters");
    await page.getByText("answered 422", { exact: false }).first().waitFor({ timeout: 30_000 });
    await site.checkLayout(page);
    receiver.state.status = 200;
    receiver.state.bodies.length = 0;
    await press(page, "Send the oldest 200 again");
    await page.getByText("1 letters with 1 events were delivered.").waitFor();
    expect(receiver.state.bodies.join("")).toContain("giftWrapChosen");
    await page.getByText("Sent again").waitFor();
  });

  it("choose what leaves: events, audiences, consent; and pause", async () => {
    await site.admin.call("POST", "/v1/definitions/audience", {
      key: "regulars",
      name: "Regulars",
      body: { rule: { everyone: true } },
    });
    await make("chosen", "Chosen");
    const page = await site.visit("/destinations/chosen?tab=settings", "Chosen");
    await press(page, "Choose event names");
    await page.getByRole("menuitemcheckbox", { name: "orderPlaced" }).click();
    await page.keyboard.press("Escape");
    await chooseCard(page, "counts as no");
    await chooseCard(page, "These");
    await page.getByText("Choose at least one", { exact: false }).waitFor();
    await tick(page, page.getByRole("button", { name: /Audiences/ }), /Regulars/);
    await site.checkLayout(page);
    await press(page, "Save");
    await page.getByText("Saved Chosen").waitFor();
    const { config } = await site.admin.call("GET", "/v1/destinations/chosen");
    expect(config).toMatchObject({
      events: { names: ["orderPlaced"] },
      audiences: ["regulars"],
      consent: { unset: "deny" },
    });

    await page.getByRole("switch", { name: "Send events" }).click({ force: true });
    await page.getByText("No event is sent, only what is chosen of the audiences.").waitFor();
    await press(page, "Save");
    await expect
      .poll(async () => (await site.admin.call("GET", "/v1/destinations/chosen"))["config"])
      .toMatchObject({ events: { names: [] }, audiences: ["regulars"] });

    await press(page, "Pause");
    await page.getByText("Chosen is paused").waitFor();
    await openTab(page, "Delivery");
    await page.getByText("While it is paused, new events are not kept for it.").waitFor();
    await site.visit("/destinations", "Destinations");
    await page.getByRole("row", { name: /Chosen.*Paused/ }).waitFor();
  });
});
