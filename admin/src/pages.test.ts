import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { choose } from "./testing/choose.ts";
import { accessibilityFaults, type OpenAdmin, signIn } from "./testing/open-admin.ts";
import { useAdmin } from "./testing/use-admin.ts";

const product = (sku: string, name: string) => ({
  sku,
  name,
  type: "simple",
  price: { minor: 5200, currency: "USD" },
  categories: ["men"],
  inStock: true,
  qty: 10,
  visibility: "both",
});

const view = (anonymousId: string, sku: string) => ({
  type: "productPageView",
  anonymousId,
  context: { page: { url: `http://shop/${sku}`, title: sku }, device: "desktop" },
  properties: { items: [{ sku, name: sku, qty: 1 }] },
});

describe("admin pages", { timeout: 180_000 }, () => {
  let admin: OpenAdmin;
  let page: Page;
  let profileId = "";

  const {
    open: load,
    openAs,
    visit,
    titled: waitForTitle,
    checkLayout,
    faults,
  } = useAdmin(async (opened) => {
    admin = opened;
    await admin.call("PUT", "/v1/catalog/categories", [{ path: "men", name: "Men" }]);
    await admin.call("PUT", "/v1/catalog/products", [product("MH01", "Hoodie"), product("MJ02", "Jacket")]);
    await admin.call("POST", "/v1/events", {
      events: [
        view("visitor-1", "MH01"),
        view("visitor-2", "MJ02"),
        { type: "signIn", anonymousId: "visitor-1", customerId: "c-1", email: "roni@example.com" },
        { anonymousId: "visitor-3" },
      ],
    });
    await admin.app.settle();
    const found = await admin.call("GET", "/v1/profiles?search=roni@example.com");
    profileId = String((found["items"] as { profileId: string }[])[0]?.profileId);
  });
  const open = async (path: string): Promise<void> => {
    page = await load(path);
  };
  const titled = (name: string) => waitForTitle(page, name);
  const publish = async () => {
    await page.getByRole("button", { name: "Publish…" }).click();
    await page.getByRole("button", { name: "Publish now" }).click();
    await page.locator("main").getByText("Live", { exact: true }).first().waitFor();
  };

  it("asks for a sign-in, refuses a wrong password, and goes on to the address that was asked for", async () => {
    page = await openAs("admin@example.com", "wrong-password", "/audiences?status=live");
    await page.getByText("E-mail and password do not fit together.").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await signIn(page);
    await titled("Audiences");
    expect(page.url()).toContain("status=live");
    await page.context().close();
  });

  it.each([
    ["Home", "/"],
    ["Profiles", "/profiles"],
    ["Traits", "/traits"],
    ["Models", "/models"],
    ["New trait", "/traits/new"],
    ["Identity", "/identity"],
    ["Identity", "/identity?tab=try"],
    ["Possible duplicates", "/duplicates"],
    ["Audiences", "/audiences"],
    ["New audience", "/audiences/new"],
    ["Lists", "/lists"],
    ["Audience syncs", "/audience-syncs"],
    ["New sync", "/audience-syncs/new?type=sql"],
    ["Blocks", "/blocks"],
    ["New block", "/blocks/new"],
    ["Recommendations", "/units"],
    ["New unit", "/units/new"],
    ["Preview", "/preview"],
    ["Live events", "/events"],
    ["Event quality", "/event-quality"],
    ["Tracking plans", "/tracking-plans"],
    ["New plan", "/tracking-plans/new"],
    ["Dead letters", "/dead-letters"],
    ["Privacy requests", "/privacy"],
    ["Data classes", "/data-classes"],
    ["Sources", "/sources"],
    ["New source", "/sources/new"],
    ["Destinations", "/destinations"],
    ["New destination", "/destinations/new"],
    ["Imports", "/imports"],
    ["New import", "/imports/new"],
    ["Catalog", "/catalog"],
    ["Hoodie", "/catalog/MH01"],
    ["Keys", "/keys"],
    ["Users", "/users"],
    ["Activity log", "/activity"],
    ["System", "/system"],
  ])("shows %s at %s without faults for screen readers, errors or sideways scrolling", async (title, path) => {
    page = await visit(path, title);
    await checkLayout(page);
    expect(faults()).toEqual([]);
  });

  it("shows everything known of a person, tab by tab", async () => {
    await open(`/profiles/${profileId}`);
    await titled("roni@example.com");
    for (const [tab, text] of [
      ["Timeline", "productPageView"],
      ["Identity", "visitor-1"],
      ["Audiences (0)", "In no audience"],
    ] as const) {
      await page.getByRole("tab", { name: tab }).click();
      await page.getByRole("tabpanel").getByText(text).first().waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
    }
  });

  it("makes an audience from conditions with a live count, publishes it, and says why somebody is in it", async () => {
    await open("/audiences/new");
    await page.getByLabel("Name", { exact: true }).fill("Product viewers");
    await page.getByRole("button", { name: "Add condition" }).click();
    await page.getByRole("menuitem", { name: "Something they did" }).click();
    const estimate = page.getByRole("region", { name: "Estimate" });
    await estimate.getByText("Exact").waitFor();
    await page.getByRole("region", { name: "Ten people it selects" }).getByText("roni@example.com").waitFor();
    await page.getByRole("button", { name: "Save draft" }).click();
    await titled("Product viewers");
    await publish();
    await admin.app.settle();

    await page.getByRole("tab", { name: "Members" }).click();
    await expect
      .poll(
        async () => {
          await page.reload();
          await page.locator("main h1").waitFor();
          return page
            .getByRole("button", { name: "Why? roni@example.com" })
            .waitFor({ timeout: 1000 })
            .then(
              () => true,
              () => false,
            );
        },
        { timeout: 20_000 },
      )
      .toBe(true);
    await page.getByRole("button", { name: "Why? roni@example.com" }).click();
    await page.getByRole("dialog").getByText("True").first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it("stores what the builder shows: an attribute with its operator and value", async () => {
    await open("/audiences/new");
    await page.getByLabel("Name", { exact: true }).fill("Written by hand");
    await page.getByRole("button", { name: "Add condition" }).click();
    await page.getByRole("menuitem", { name: "Attribute" }).click();
    await page.getByRole("combobox", { name: "Attribute" }).fill("First name");
    await page.getByRole("option", { name: "First name" }).click();
    await choose(page, "Operator", "starts with");
    await page.getByRole("textbox", { name: "Value" }).fill("Ro");
    await page.getByRole("button", { name: "Save draft" }).click();
    await titled("Written by hand");
    const saved = await admin.call("GET", "/v1/definitions/audience/written-by-hand");
    expect(saved["body"]).toEqual({
      rule: { all: [{ attribute: { path: "profile.first_name", op: "starts_with", value: "Ro" } }] },
    });
  });

  it("keeps what was typed while another tab is open", async () => {
    await admin.call("POST", "/v1/definitions/block", {
      key: "typed",
      name: "Typed",
      body: { placement: "home.aside", priority: 5, audiences: [], html: "<p>Hi</p>" },
    });
    await open("/blocks/typed");
    await page.getByLabel("HTML", { exact: true }).fill("<p>Half written</p>");
    await page.getByRole("tab", { name: "Versions" }).click();
    await page.getByRole("columnheader", { name: "Author" }).waitFor();
    expect(await page.getByLabel("HTML", { exact: true }).isVisible()).toBe(false);
    await page.getByRole("tab", { name: "Edit" }).click();
    expect(await page.getByLabel("HTML", { exact: true }).inputValue()).toBe("<p>Half written</p>");
  });

  it("keeps a draft beside what is live, shows the difference, and rolls back", async () => {
    await open("/blocks/new");
    await page.getByLabel("Name", { exact: true }).fill("Hero");
    await page.getByRole("button", { name: "Save draft" }).click();
    await titled("Hero");
    await publish();

    await page.getByLabel("HTML", { exact: true }).fill("<h2>Second text</h2>");
    await page.getByRole("button", { name: "Save draft" }).click();
    await page.getByText("Unpublished changes").waitFor();
    await page.getByRole("button", { name: "Publish…" }).click();
    await page.getByRole("dialog").getByText("/body/html").waitFor();
    await page.getByRole("dialog").getByText("Second text").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole("button", { name: "Publish now" }).click();
    await page.getByText("Unpublished changes").waitFor({ state: "detached" });

    await page.getByRole("tab", { name: "Versions" }).click();
    await page.getByRole("button", { name: "Roll back" }).last().click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Roll back" }).click();
    await page.getByText("Copy of version 1").waitFor();
    const now = await admin.call("GET", "/v1/definitions/block/hero");
    expect(now).toMatchObject({ status: "live", version: 3, body: { html: "<h2>Hello</h2>" } });
  });

  it("pauses with an undo, and names what the list shows in its address", async () => {
    await admin.call("POST", "/v1/definitions/block", {
      key: "pausable",
      name: "Pausable",
      body: { placement: "home.banner", priority: 5, audiences: [], html: "<p>Hi</p>" },
    });
    const { id } = await admin.call("POST", "/v1/definitions/block/pausable/publish", {});
    await open(`/blocks/${String(id)}`);
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Pause" }).click();
    await page.getByText("Pausable is paused").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(async () => (await admin.call("GET", "/v1/definitions/block/pausable"))["status"]).toBe("live");

    await page.goto(`${admin.url}/admin/blocks`);
    await page.getByRole("searchbox", { name: "Search" }).fill("pausable");
    await expect.poll(() => page.url()).toContain("q=pausable");
    await page.reload();
    await page.getByRole("link", { name: "Pausable" }).waitFor();
    expect(await page.getByRole("link", { name: "Hero" }).count()).toBe(0);
  });

  it("shows every fault of a refused save at once, and takes the corrected one", async () => {
    await open("/blocks/new");
    await page.getByLabel("Name", { exact: true }).fill("Faulty");
    await page.getByLabel("HTML", { exact: true }).fill("");
    await page.getByRole("combobox", { name: "Placement" }).fill("not a placement!");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Save draft" }).click();
    const alert = page.getByRole("alert");
    await alert.getByText("This cannot be saved yet").waitFor();
    expect(await alert.getByRole("listitem").count()).toBeGreaterThanOrEqual(1);
    expect(page.url()).toContain("/blocks/new");

    await page.getByLabel("HTML", { exact: true }).fill("<p>Now it is right</p>");
    await page.getByRole("combobox", { name: "Placement" }).fill("home.hero");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Save draft" }).click();
    await titled("Faulty");
  });

  it("previews the shop as a customer beside nobody, with reasons", async () => {
    await admin.call("POST", "/v1/definitions/block", {
      key: "everyone",
      name: "For everyone",
      body: { placement: "home.top", priority: 5, audiences: [], html: "<p>Welcome</p>" },
    });
    await admin.call("POST", "/v1/definitions/block/everyone/publish", {});
    await open(`/preview?profile=${profileId}&placements=home.top`);
    const panel = page.getByRole("region", { name: "home.top" });
    await panel.getByRole("heading", { name: "This customer" }).waitFor();
    await panel.getByRole("heading", { name: "Nobody in particular" }).waitFor();
    expect(await panel.getByText("Shown to everybody").filter({ visible: true }).count()).toBe(2);
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it("runs no script of a block in its preview", async () => {
    await open("/blocks/new");
    await page
      .getByLabel("HTML", { exact: true })
      .fill(
        "<p>Safe</p><img src=x onerror=\"parent.document.title='taken over'\"><script>parent.document.title='taken over'</script>",
      );
    const frame = page.frameLocator("iframe[title='Preview of the HTML']");
    await frame.getByText("Safe").waitFor();
    expect(await page.title()).toContain("New block");
    expect(await page.locator("iframe[title='Preview of the HTML']").getAttribute("sandbox")).toBe("");
  });

  it("shows an event as it arrives, with what was wrong with a bad one", async () => {
    await open("/events");
    await page.getByRole("status").getByText("Receiving").waitFor();
    await admin.call("POST", "/v1/events", {
      events: [{ ...view("visitor-9", "MH01"), type: "addToCart" }, { anonymousId: "visitor-9" }],
    });
    await page.getByRole("button", { name: "addToCart" }).first().click();
    await page.getByRole("region", { name: "addToCart" }).getByText("anonymous_id: visitor-9").waitFor();
    await page.getByText("Rejected").first().waitFor();
  });

  it("sends a dead letter again and says when it is refused again", async () => {
    await open("/dead-letters");
    await page.getByRole("checkbox").nth(1).check({ force: true });
    await page.getByRole("button", { name: "Send again (1)" }).click();
    await page.getByText("Refused again").waitFor();
  });

  it("shows a new key once", async () => {
    await open("/keys");
    await page.getByRole("button", { name: "New key" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("Test shop");
    await page.getByRole("button", { name: "Make key" }).click();
    await page.getByText("Copy it now").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole("button", { name: "I have kept it" }).click();
    await page.getByRole("rowheader", { name: "Test shop" }).waitFor();
  });

  it("leaves what a viewer may not do in its place, with the reason", async () => {
    await admin.call("POST", "/v1/users", { email: "viewer@example.com", password: "viewer-password", role: "viewer" });
    page = await openAs("viewer@example.com", "viewer-password", "/audiences");
    await page.getByRole("button", { name: "New audience" }).click();
    await page.getByText("It needs the permission: Edit drafts.").first().waitFor();
    await page.goto(`${admin.url}/admin/keys`);
    await page.getByText("Your role does not allow this page").waitFor();
    await page.context().close();
  });
});
