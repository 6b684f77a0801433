import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { choose, find } from "../testing/choose.ts";
import { accessibilityFaults, type OpenAdmin } from "../testing/open-admin.ts";
import { useAdmin } from "../testing/use-admin.ts";

const person = (customerId: string, email: string) => ({
  type: "accountUpdated",
  customerId,
  email,
  properties: { traits: { firstName: "Roni", lastName: customerId, birthDate: "1987-03-02" } },
});

const view = (anonymousId: string, sku: string) => ({
  type: "productPageView",
  anonymousId,
  properties: { items: [{ sku, name: sku, qty: 1 }] },
});

/** A minute apart, the last one a minute ago: what happened in one instant has no order. */
const inOrder = (events: readonly object[]): readonly object[] =>
  events.map((event, index) => ({
    ...event,
    timestamp: new Date(Date.now() - (events.length - index) * 60_000).toISOString(),
  }));

describe("pages of identity, duplicates and traits", { timeout: 180_000 }, () => {
  let admin: OpenAdmin;
  let page: Page;

  const profileOf = async (namespace: string, value: string): Promise<string> => {
    const { profileId } = await admin.call("GET", `/v1/profiles/by/${namespace}/${encodeURIComponent(value)}`);
    return String(profileId);
  };

  const its = useAdmin(async (opened) => {
    admin = opened;
    await admin.call("POST", "/v1/events", {
      events: inOrder([
        view("visitor-1", "MH01"),
        { type: "signIn", anonymousId: "visitor-1", customerId: "c-1" },
        person("c-1", "roni@example.com"),
        view("visitor-2", "MH02"),
        { type: "signIn", anonymousId: "visitor-2", customerId: "c-1" },
        // Another customer with the same address: two persons, or one with two accounts.
        person("c-2", "roni@example.com"),
        { type: "signIn", anonymousId: "visitor-2", customerId: "c-2" },
        view("visitor-3", "MH03"),
        person("c-3", "three@example.com"),
        person("c-4", "four@example.com"),
        { ...view("visitor-4", "MH03"), email: "test@test.com" },
      ]),
    });
    await admin.app.settle();
  });
  const open = async (path: string): Promise<void> => {
    page = await its.open(path);
  };
  const checkLayout = () => its.checkLayout(page);

  it("tells in words what became of the identifiers of a person, and by which rule", async () => {
    await open(`/profiles/${await profileOf("user_id", "c-1")}?tab=identity`);
    const identifiers = page.getByRole("table", { name: "Identifiers" });
    await identifiers.getByRole("row", { name: /^visitor-1 Visitor id/ }).waitFor();
    await identifiers.getByRole("row", { name: /^visitor-2 Visitor id.*\d/ }).waitFor();
    const log = page.getByRole("table", { name: "Identity log" });
    await log.getByRole("row", { name: /^Changed hands visitor-2.*Another person uses the same device/ }).waitFor();
    await log
      .getByRole("row", { name: /^Merged.*Signed in on this device/ })
      .first()
      .waitFor();
    await checkLayout();
  });

  it("splits identifiers off after a look at both sides, and lists what is kept apart", async () => {
    const before = await profileOf("user_id", "c-1");
    await open(`/profiles/${before}?tab=identity`);
    await page.getByRole("button", { name: "Split…" }).click();
    const dialog = page.getByRole("dialog");
    expect(await dialog.getByRole("button", { name: "Split", exact: true }).isDisabled()).toBe(true);
    await dialog.getByText("Visitor id: visitor-1").click();
    const preview = dialog.getByRole("table", { name: "What changes" });
    await preview.getByRole("columnheader", { name: "New profile" }).waitFor();
    await preview.getByRole("row", { name: /^Events/ }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await profileOf("anonymous_id", "visitor-1")).toBe(before);
    await dialog.getByRole("button", { name: "Split", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("Split into two profiles").waitFor();
    const moved = await profileOf("anonymous_id", "visitor-1");
    expect(moved).not.toBe(before);
    await expect.poll(() => page.url()).toContain(moved);

    await page.goto(`${admin.url}/admin/identity`);
    const separation = page.getByRole("table", { name: "Kept apart" }).getByRole("row").nth(1);
    await separation.getByText("visitor-1").waitFor();
    await separation.getByRole("button", { name: /^Remove the separation/ }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
    await page.getByText("Nothing was split.").waitFor();
  });

  it("merges two profiles after a look at the outcome, and says where the other went", async () => {
    const [mine, other] = [await profileOf("user_id", "c-3"), await profileOf("anonymous_id", "visitor-3")];
    await open(`/profiles/${mine}?tab=identity`);
    await page.getByRole("button", { name: "Merge with…" }).click();
    const dialog = page.getByRole("dialog");
    await find(page, dialog.getByRole("combobox", { name: "Other profile" }), other, /visitor-3/);
    await dialog.getByRole("columnheader", { name: "Merged profile" }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Merge", exact: true }).click();
    await page.getByText("Merged into one profile").waitFor();
    await page.getByText("Merged from another profile").waitFor();
    expect(await profileOf("anonymous_id", "visitor-3")).toBe(await profileOf("user_id", "c-3"));
  });

  it("reports decisions, blocked values and big profiles of a period", async () => {
    await open("/identity");
    const decisions = page.getByRole("table", { name: "Decisions" });
    await decisions.getByRole("row", { name: /^Changed hands Another person uses the same device/ }).waitFor();
    await page.getByRole("table", { name: "Blocked values" }).getByText("E-mail address").waitFor();
    await page.getByRole("table", { name: "Biggest profiles" }).getByRole("link").first().waitFor();
    await checkLayout();
    await choose(page, "Period", "Last 30 days");
    await expect.poll(() => page.url()).toContain("days=30");
  });

  it("tries events out: whom they make, by which rule, and what other rules would change", async () => {
    await open("/identity?tab=try&example=tablet");
    const outcome = page.getByRole("region", { name: "What comes of it" });
    await outcome.getByText("2 persons", { exact: true }).waitFor();
    await outcome.getByRole("region", { name: "Person 1" }).getByText("until event 3").waitFor();
    const steps = page.getByRole("region", { name: "Step by step" });
    await steps.getByText("Changed hands: Visitor id tablet from Person 1 to Person 2").waitFor();
    await steps.getByText("Another person uses the same device").waitFor();
    await checkLayout();
    await page.getByRole("button", { name: "Remove event 3" }).click();
    await outcome.getByText("1 person", { exact: true }).waitFor();

    await choose(page, "Start with an example", "The shop joins two customers");
    await steps.getByText("but both have a customer number").waitFor();
    await page.getByText("The shop may join two customers").click();
    await outcome.getByText("1 person with these rules, 2 persons with the present ones.").waitFor();
    expect(await steps.getByText("Other than with the present rules").count()).toBeGreaterThan(0);
    expect(await admin.call("GET", "/v1/identity/settings")).toMatchObject({ aliasMayMergeIdentified: false });
    await page.getByRole("button", { name: "Back to the present rules" }).click();
    await outcome.getByText("2 persons", { exact: true }).waitFor();
  });

  it("names the line of a pasted event that cannot be read, and the event that is refused", async () => {
    await open("/identity?tab=try");
    await page.getByRole("radio", { name: "Text" }).click();
    const text = page.getByRole("textbox", { name: "Events as text" });
    await text.fill('{"type": "signIn", "customerId": "1"}\n{"type": signIn}\n{"customerId": "2"}');
    await page.getByText("Line 2: this event is not valid JSON").waitFor();
    await page.getByText("Line 3: type must be a non-empty text").waitFor();
    await checkLayout();
    await text.fill('[{"type": "signIn", "customerId": "1"},\n {"type": "", "customerId": "2"}]');
    await page.getByText("Line 2: type must be a non-empty text").waitFor();
    await page.getByRole("radio", { name: "Form" }).click();
    await page.getByRole("group", { name: "Event 2" }).getByText("type must be a non-empty text").waitFor();
  });

  it("tries the events of a person out, and names the source of each identifier", async () => {
    await open(`/profiles/${await profileOf("user_id", "c-2")}?tab=identity`);
    const identifiers = page.getByRole("table", { name: "Identifiers" });
    await identifiers.getByRole("row", { name: /^c-2 Customer number.*demo-administrator/ }).waitFor();
    await page.getByRole("link", { name: "Try it out…" }).click();
    await page.getByRole("combobox", { name: "Or with a person’s events" }).waitFor();
    const outcome = page.getByRole("region", { name: "What comes of it" });
    await outcome.getByText("c-2").waitFor();
    await page.getByRole("group", { name: "Event 1" }).waitFor();
    await checkLayout();
  });

  it("changes the rules of identity", async () => {
    await open("/identity");
    await page.getByRole("button", { name: "Change…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Values that identify nobody" }).fill("till-1, till-2");
    await dialog.getByRole("textbox", { name: "Key of the trait" }).fill("clubNumber");
    await dialog.getByRole("button", { name: "Add trait" }).click();
    await dialog.getByRole("group", { name: "clubNumber" }).getByText("clubNumber as trait:club_number").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByRole("region", { name: "Rules of identity" }).getByText("till-1, till-2").waitFor();
    expect(await admin.call("GET", "/v1/identity/settings")).toMatchObject({
      blockedValues: ["till-1", "till-2"],
      traitIdentifiers: [{ trait: "clubNumber", namespace: "club_number", limit: 5, unique: false, normalise: "trim" }],
    });
  });

  it("compares profiles on demand, shows a pair side by side, and keeps it apart for good", async () => {
    await open("/duplicates");
    await page.getByRole("button", { name: "Compare profiles now" }).first().click();
    const pair = page.getByRole("table", { name: "Possible duplicates" }).getByRole("link").first();
    await pair.waitFor({ timeout: 30_000 });
    expect(await pair.textContent()).toMatch(/^Roni c-\d and Roni c-\d$/i);
    await checkLayout();
    await pair.click();
    await page.getByRole("heading", { level: 1, name: "Are they one person?" }).waitFor();
    const sides = page.getByRole("table", { name: "Side by side" });
    await sides.getByRole("row", { name: /^First name Roni Roni/i }).waitFor();
    await checkLayout();
    await page.getByRole("button", { name: "Not the same person" }).click();
    await page.getByText("Kept apart. The pair is not proposed again.").waitFor();
    await page.locator("header").getByText("Not the same person").waitFor();
    await page.getByRole("button", { name: "Merge: one person" }).waitFor({ state: "detached" });
    await page.goto(`${admin.url}/admin/duplicates`);
    await page.getByText("No pair waits for a decision").waitFor();
    await choose(page, "Status", "Not the same person (1)");
    await page.getByRole("table", { name: "Possible duplicates" }).getByText("Roni").first().waitFor();
  });

  it("hides the values of a pair from somebody without the permission, and says why", async () => {
    await admin.call("POST", "/v1/users", { email: "editor@example.com", password: "editor-password", role: "editor" });
    const { items } = await admin.call("GET", "/v1/duplicates");
    const [first] = items as readonly { id: string }[];
    page = await its.openAs("editor@example.com", "editor-password", `/duplicates/${String(first?.id)}`);
    await page.getByText("Values are hidden.").waitFor();
    await page.getByRole("table", { name: "Side by side" }).getByText("•••").first().waitFor();
    expect(await page.getByText("1987-03-02").count()).toBe(0);
    await page.goto(`${admin.url}/admin/duplicates?status=any`);
    await page.getByRole("table", { name: "Possible duplicates" }).getByRole("link").first().waitFor();
    expect(await page.getByText("Roni").count()).toBe(0);
    await page.context().close();
  });

  it("makes a trait with a preview, follows its computation, and shows it on the profile", async () => {
    await open("/traits/new");
    await page.getByLabel("Name", { exact: true }).fill("Products seen");
    await page
      .getByRole("region", { name: "Preview" })
      .getByText(/of \d+ have a value/)
      .waitFor();
    await find(page, page.getByRole("combobox", { name: "Of which person" }), "c-1", /Roni c-1/);
    await page.getByRole("region", { name: "Preview" }).getByText(/^\d+$/).waitFor();
    await page.getByText("Only some of these events").click();
    await page.getByRole("button", { name: "Add condition" }).click();
    await page.getByRole("menuitem", { name: "Attribute" }).click();
    await page.getByRole("region", { name: "Preview" }).getByText("The preview starts when").waitFor();
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByText("Only some of these events").click();
    await checkLayout();

    await page.getByRole("button", { name: "Save draft" }).click();
    await page.getByRole("heading", { level: 1, name: "Products seen" }).waitFor();
    await page.getByRole("button", { name: "Publish…" }).click();
    await page.getByRole("button", { name: "Publish now" }).click();
    const status = page.getByRole("region", { name: "Status" });
    await status.getByText("profile.trait.products-seen").waitFor();
    await status.getByText("Up to date", { exact: true }).first().waitFor({ timeout: 30_000 });
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.goto(`${admin.url}/admin/traits`);
    await page.getByRole("row", { name: /^Products seen products-seen Live/ }).waitFor();
    await page.goto(`${admin.url}/admin/profiles/${await profileOf("user_id", "c-2")}`);
    const own = page.getByRole("region", { name: "Traits of your own" });
    await own.getByRole("link", { name: "Manage traits" }).waitFor();
    await page.goto(`${admin.url}/admin/profiles/${await profileOf("anonymous_id", "visitor-1")}`);
    await own.getByText("Products seen").waitFor();
  });

  it("shows every fault of a trait that cannot be saved", async () => {
    await open("/traits/new");
    await page.getByLabel("Name", { exact: true }).fill("Faulty");
    await choose(page, "Kind", /^Formula/, "Formula");
    await page.getByRole("textbox", { name: "Formula" }).fill("orders_count +");
    await page.getByRole("button", { name: "Save draft" }).click();
    await page.getByRole("alert").getByText("This cannot be saved yet").waitFor();
    await checkLayout();
  });
});
