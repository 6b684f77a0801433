import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { chooseCard, chooseFile, openReceiver, openTab, press } from "../testing/connector-pages.ts";
import { accessibilityFaults, type OpenAdmin } from "../testing/open-admin.ts";
import { useAdmin } from "../testing/use-admin.ts";

describe("pages of lists, exports and syncs", { timeout: 60_000 }, () => {
  let admin: OpenAdmin;
  let page: Page;
  const its = useAdmin(async (opened) => {
    admin = opened;
    const events = ["ann", "bob", "cy"].flatMap((name, n) => [
      { type: "signIn", anonymousId: `v-${n}`, customerId: `c-${n}`, email: `${name}@shop.example` },
      ...(n < 2
        ? [
            {
              type: "consentChanged",
              customerId: `c-${n}`,
              context: { consent: { categoryPreferences: { marketing: true } } },
            },
          ]
        : []),
    ]);
    await admin.call("POST", "/v1/events", { events });
    await admin.app.settle();
    const rule = { attribute: { path: "profile.email", op: "exists" } };
    await admin.call("POST", "/v1/definitions/audience", { key: "known", name: "Known people", body: { rule } });
    await admin.call("POST", "/v1/definitions/audience/known/publish", {});
    await admin.app.settle();
    await admin.app.audiences.settled();
  });

  it("fills a list from a file and from lines, after telling how much it recognises", async () => {
    page = await its.open("/lists");
    await page.getByText("No lists yet").waitFor();
    await its.checkLayout(page);
    await page.getByRole("button", { name: "New list" }).first().click();
    await page.getByRole("dialog").getByLabel("Name", { exact: true }).fill("Guests");
    expect(await accessibilityFaults(page)).toEqual([]);
    await press(page, "Make list");
    await its.titled(page, "Guests");
    await chooseFile(page, "guests.csv", "name,mail\nAnn,ANN@shop.example\nBob,bob@shop.example\nX,nobody\n");
    await page.getByLabel("Column", { exact: true }).fill("mail");
    await press(page, "Check");
    const result = page.getByRole("region", { name: "What it would do" });
    await result.getByText("2 (66.7%)").waitFor();
    await result.getByText("0 → 2").waitFor();
    await its.checkLayout(page);
    expect((await admin.call("GET", "/v1/lists/guests"))["size"]).toBe(0);
    await press(page, "Add to the list");
    await page.getByText("Guests is up to date").waitFor();
    const content = page.getByRole("region", { name: "What is in it" });
    await expect.poll(() => content.innerText(), { timeout: 10_000 }).toMatch(/Known people on it\s*2/);

    await page.getByRole("radio", { name: "Typed or pasted" }).click({ force: true });
    await page.getByLabel("Values", { exact: true }).fill("what\ncy@shop.example\nwho\n");
    await page.getByText("Replace them all").click();
    await press(page, "Check");
    await page.getByText("Few values were recognised").waitFor();
    await result.getByText("2 → 1").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await press(page, "Replace the list");
    await expect.poll(async () => (await admin.call("GET", "/v1/lists/guests"))["size"]).toBe(1);
    expect(its.faults()).toEqual([]);
  });

  it("deletes a list only when no live audience asks for it", async () => {
    await admin.call("POST", "/v1/lists", { key: "used", name: "Used" });
    await admin.call("POST", "/v1/definitions/audience", {
      key: "of-list",
      name: "Of the list",
      body: { rule: { list: { id: "used" } } },
    });
    await admin.call("POST", "/v1/definitions/audience/of-list/publish", {});
    page = await its.open("/lists/used");
    await press(page, "Delete");
    await page.getByRole("alertdialog").getByText("Change or pause these audiences first: of-list").waitFor();
    await page.getByRole("alertdialog").getByRole("button", { name: "Close" }).click();
    await admin.call("POST", "/v1/lists", { key: "spare", name: "Spare" });
    page = await its.open("/lists/spare");
    await press(page, "Delete");
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    await its.titled(page, "Lists");
    await page.getByRole("link", { name: "Used" }).waitFor();
    expect(await page.getByRole("link", { name: "Spare" }).count()).toBe(0);
  });

  it("exports the members with consent, with the columns that were chosen", async () => {
    page = await its.open("/audiences/known");
    await press(page, "Export…");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Export Known people").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole("checkbox", { name: "Profile id" }).uncheck({ force: true });
    await dialog.getByRole("checkbox", { name: "Customer number" }).check({ force: true });
    const [file] = await Promise.all([page.waitForEvent("download"), press(page, "Download")]);
    expect(file.suggestedFilename()).toBe("Known people-plain.csv");
    const lines = readFileSync(await file.path(), "utf8")
      .trim()
      .split(/\r?\n/);
    expect(lines[0]).toBe("email,user_id,since");
    expect(
      lines
        .slice(1)
        .map((line) => line.split(",").slice(0, 2).join())
        .sort(),
    ).toEqual(["ann@shop.example,c-0", "bob@shop.example,c-1"]);
    await dialog.waitFor({ state: "detached" });
    expect(its.faults()).toEqual([]);
  });

  it("makes a sync for an audience, shows how it goes, pauses it and tells everything again", async () => {
    const receiver = await openReceiver();
    page = await its.open("/audiences/known");
    await press(page, "Sync…");
    await its.titled(page, "New sync");
    await chooseCard(page, "Webhook");
    await page.getByLabel("Name", { exact: true }).fill("Mail system");
    await page.getByRole("button", { name: /Known people/ }).waitFor();
    await page.getByRole("textbox", { name: "Address" }).fill(receiver.url);
    await page.getByLabel("Signing secret").fill("a-long-secret-of-the-test-0123456789");
    await its.checkLayout(page);
    await press(page, "Make sync");
    await its.titled(page, "Mail system");
    const members = page.getByRole("tabpanel");
    await expect.poll(() => members.innerText(), { timeout: 20_000 }).toMatch(/Members there\s*2/);
    expect(receiver.state.bodies.join()).not.toContain("ann@shop.example");
    await page.getByRole("region", { name: "Runs" }).getByText("Done").first().waitFor();
    await its.checkLayout(page);
    await press(page, "Tell everything again");
    await page.getByRole("alertdialog").getByRole("button", { name: "Tell everything again" }).click();
    await page.getByText("A full copy has begun").waitFor();
    const letter = {
      id: "l-1",
      at: new Date().toISOString(),
      op: "exited",
      namespace: "email",
      profileId: null,
      message: "gone",
    };
    await page.route("**/dead-letters**", (route) =>
      route.fulfill({ json: route.request().method() === "POST" ? { replayed: 1 } : { items: [letter] } }),
    );
    await page.getByRole("row", { name: /gone Exit: E-mail address Erased/ }).waitFor();
    await its.checkLayout(page);
    await page.getByRole("button", { name: /^Tell again/ }).click();
    await page.getByText("1 changes will be told again").waitFor();
    await page.unrouteAll({ behavior: "wait" });
    await press(page, "Pause");
    await page.getByText("Nothing is told while it is paused").waitFor();
    await press(page, "Resume");
    await openTab(page, "Settings");
    await page.getByRole("switch", { name: /As a hash/ }).waitFor();
    await its.checkLayout(page);
    page = await its.open("/audience-syncs");
    await page.getByRole("row", { name: /Mail system Known people Webhook/ }).waitFor();
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
    await receiver.close();
  });
});
