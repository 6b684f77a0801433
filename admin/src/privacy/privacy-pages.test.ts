import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { accessibilityFaults } from "../testing/open-admin.ts";
import { useAdmin } from "../testing/use-admin.ts";

const account = (customerId: string, email: string, consent: object) => ({
  type: "accountUpdated",
  customerId,
  email,
  properties: { traits: { firstName: "Roni", lastName: customerId } },
  context: { consent },
});

/** Again where the click was lost while the dialog opened. */
async function byIdentifier(dialog: Locator): Promise<void> {
  const radio = dialog.getByRole("radio", { name: "By exact identifier" });
  const choose = async (): Promise<boolean> => {
    if (!(await radio.isChecked())) await dialog.getByText("By exact identifier").click();
    return radio.isChecked();
  };
  await expect.poll(choose).toBe(true);
}

describe("privacy pages", { timeout: 60_000 }, () => {
  const pages = useAdmin(async (admin) => {
    await admin.call("POST", "/v1/events", {
      events: [
        account("p-1", "one@example.com", {
          categoryPreferences: { analytics: true, marketing: { email: true } },
          textVersion: "2026-01",
          proof: "form 7",
        }),
        account("p-2", "two@example.com", {}),
        account("p-3", "three@example.com", {}),
      ],
    });
    await admin.app.settle();
  });
  let page: Page;
  const open = async (path: string): Promise<void> => {
    page = await pages.open(path);
  };
  const checkLayout = () => pages.checkLayout(page);
  const profileOf = async (customerId: string): Promise<string> => {
    const { profileId } = await pages.admin.call("GET", `/v1/profiles/by/user_id/${customerId}`);
    return String(profileId);
  };

  it.each([
    ["Privacy requests", "/privacy"],
    ["Data classes", "/data-classes"],
  ])("shows %s without faults for screen readers or sideways scrolling", async (title, path) => {
    await open(path);
    await page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
    await checkLayout();
  });

  it("deletes a person whom somebody typed the confirmation for, and shows the request until it is finished", async () => {
    await open("/privacy");
    await page.getByRole("button", { name: "New request" }).first().click();
    const dialog = page.getByRole("dialog");
    await byIdentifier(dialog);
    await dialog.getByRole("textbox", { name: "Value" }).fill("two@example.com");
    await dialog.getByRole("textbox", { name: "Reason" }).fill("letter of 3 May");
    const send = dialog.getByRole("button", { name: "Delete this person" });
    expect(await send.isDisabled()).toBe(true);
    await dialog.getByLabel("Type “delete” to go on").fill("Delete");
    expect(await accessibilityFaults(page)).toEqual([]);
    await send.click();
    const row = page.getByRole("row").filter({ hasText: "letter of 3 May" });
    await row.getByText("Finished").waitFor({ timeout: 30_000 });
    await row.getByText("admin@example.com").waitFor();
    await checkLayout();

    await row.getByRole("button", { name: "Show" }).click();
    await page.getByRole("dialog").getByText("Rows changed").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await expect(pages.admin.call("GET", "/v1/profiles/by/user_id/p-2")).rejects.toThrow("404");
  });

  it("says that nobody has the identifier, and keeps what was typed", async () => {
    await open("/privacy");
    await page.getByRole("button", { name: "New request" }).first().click();
    const dialog = page.getByRole("dialog");
    await byIdentifier(dialog);
    await dialog.getByRole("textbox", { name: "Value" }).fill("nobody@example.com");
    await dialog.getByLabel("Type “delete” to go on").fill("delete");
    await dialog.getByRole("button", { name: "Delete this person" }).click();
    await dialog.getByText("profiles.notFound").waitFor();
    expect(await dialog.getByRole("textbox", { name: "Value" }).inputValue()).toBe("nobody@example.com");
  });

  it("suppresses somebody who is not known yet, counts them, and lifts it again by the identifier", async () => {
    await open("/privacy");
    await page.getByRole("button", { name: "New request" }).first().click();
    const dialog = page.getByRole("dialog");
    await byIdentifier(dialog);
    await dialog.getByRole("textbox", { name: "Value" }).fill("never@example.com");
    await dialog.getByText("Suppress: Nothing is deleted").click();
    await dialog.getByRole("button", { name: "Suppress this person" }).click();
    await dialog.waitFor({ state: "detached" });
    const suppressed = async () => (await pages.admin.call("GET", "/v1/privacy/suppression"))["identifiers"];
    await expect.poll(suppressed, { timeout: 20_000 }).not.toBe(0);

    await page.reload();
    await page.getByRole("region", { name: "Suppression list" }).getByText("Suppressed identifiers").waitFor();
    await page.getByRole("button", { name: "Lift…" }).click();
    await page.getByRole("dialog").getByRole("textbox", { name: "Value" }).fill("never@example.com");
    await page.getByRole("button", { name: "Lift a suppression" }).click();
    await page.getByText("The suppression is lifted").waitFor();
  });

  it("proves that nobody changed the activity log", async () => {
    await open("/privacy");
    await page.getByRole("button", { name: "Check the chain" }).click();
    await page.getByText("The chain is whole").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it("shows consents with their proof, and records a decision that the person made elsewhere", async () => {
    const profileId = await profileOf("p-1");
    await open(`/profiles/${profileId}?tab=consents`);
    const table = page.getByRole("table", { name: "What may be done with their data" });
    await table.getByRole("row", { name: /^Marketing by e-mail Allowed/ }).waitFor();
    await table.getByRole("row", { name: /^Analytics Allowed.*form 7/ }).waitFor();
    await table.getByRole("row", { name: /^Advertising Not asked \(not allowed\)/ }).waitFor();
    await page.getByRole("table", { name: "How it came to be" }).getByText("Analytics").waitFor();
    await checkLayout();

    await page.getByRole("button", { name: "Record a decision…" }).click();
    const dialog = page.getByRole("dialog");
    expect(await dialog.getByRole("button", { name: "Record", exact: true }).isDisabled()).toBe(true);
    await dialog.getByRole("textbox", { name: "Proof" }).fill("call of 3 May");
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Record", exact: true }).click();
    await table.getByRole("row", { name: /^Marketing Refused.*does not expire.*call of 3 May/ }).waitFor();
    const { consents } = await pages.admin.call("GET", `/v1/profiles/${profileId}/consents`);
    expect(consents).toMatchObject({ marketing: { status: "denied", proof: "call of 3 May" } });
  });

  it("exports everything of a person as a file, and names who looked", async () => {
    const profileId = await profileOf("p-1");
    await open(`/profiles/${profileId}?tab=privacy`);
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export everything" }).click();
    expect((await download).suggestedFilename()).toBe(`profile-${profileId}.zip`);
    const accesses = page.getByRole("table", { name: "Who saw this person" });
    await expect
      .poll(
        async () => {
          await page.reload();
          await accesses.waitFor();
          return (await accesses.getByText("Exported").count()) > 0;
        },
        { timeout: 15_000 },
      )
      .toBe(true);
    await accesses
      .getByRole("row", { name: /admin@example.com Looked/ })
      .first()
      .waitFor();
    await checkLayout();
  });

  it("classes a field, and takes the shipped class back", async () => {
    await open("/data-classes?q=nickname");
    await page.getByRole("button", { name: "Class a field" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Field" }).fill("nickname");
    await dialog.getByText("Sensitive: ").click();
    await dialog.getByRole("textbox", { name: "Days it is kept" }).fill("30");
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByRole("row", { name: /^nickname Trait Sensitive 30 days/ }).waitFor();
    await page.getByRole("button", { name: "Change nickname" }).click();
    await page.getByRole("button", { name: "Back to the shipped class" }).click();
    await page.getByText("Nothing matches").waitFor();
  });

  it("changes how long things are kept, after it said how much would go, and refuses less than the law asks", async () => {
    const old = { type: "pageView", anonymousId: "old-visit", timestamp: Date.now() - 40 * 86_400_000 };
    await pages.admin.call("POST", "/v1/events", { events: [old] });
    await pages.admin.app.settle();
    await open("/data-classes?tab=retention");
    const orders = page.getByRole("textbox", { name: "Days: Orders" });
    await orders.waitFor();
    await checkLayout();
    const check = page.getByRole("button", { name: "Check and save…" });
    expect(await check.isDisabled()).toBe(true);

    await orders.fill("100");
    await orders.press("Tab");
    await check.click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("privacy.retention").waitFor();
    expect(await dialog.getByRole("button", { name: "Change the periods" }).isDisabled()).toBe(true);
    await dialog.getByRole("button", { name: "Cancel" }).click();

    await page.getByRole("button", { name: "Back to the defaults" }).click();
    const events = page.getByRole("textbox", { name: "Days: Events that are no orders" });
    await events.fill("39");
    await events.press("Tab");
    await check.click();
    await dialog.getByText("The next run would delete about 1 events.").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole("textbox", { name: "Why" }).fill("board of May");
    await dialog.getByRole("button", { name: "Change the periods" }).click();
    await page.getByText(/Changed by .*admin@example.com/).waitFor();
    expect(await pages.admin.call("GET", "/v1/privacy/retention")).toMatchObject({ version: 1, nextRunAt: null });
    expect(await page.getByRole("textbox", { name: "Days: Events that are no orders" }).inputValue()).toBe("39");
  });

  it("corrects and removes a trait by keyboard with a reason, shows who did it, and undoes it", async () => {
    const profileId = await profileOf("p-3");
    await open(`/profiles/${profileId}?tab=traits`);
    const written = page.getByRole("table", { name: "What was written about the person" });
    const history = page.getByRole("table", { name: "History" });
    await written.getByRole("row", { name: /^first_name Roni/ }).waitFor();
    await history.waitFor();
    await checkLayout();

    await page.getByRole("button", { name: "Change first_name" }).press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Value" }).fill("Rona");
    const save = dialog.getByRole("button", { name: "Save the correction" });
    expect(await save.isDisabled()).toBe(true);
    await dialog.getByRole("textbox", { name: "Reason" }).fill("letter of 3 May");
    expect(await accessibilityFaults(page)).toEqual([]);
    await save.press("Enter");
    await written.getByRole("row", { name: /^first_name Rona admin/ }).waitFor();
    await history.getByRole("row", { name: /^first_name .* Roni Rona .*admin@example.com.*letter of 3 May/ }).waitFor();

    await page.getByRole("button", { name: "Remove last_name" }).press("Enter");
    await dialog.getByRole("textbox", { name: "Reason" }).fill("asked by phone");
    await dialog.getByRole("button", { name: "Remove the trait" }).press("Enter");
    await history.getByRole("row", { name: /^last_name .* p-3 Removed/ }).waitFor();
    await expect.poll(() => written.getByRole("row", { name: /^last_name/ }).count()).toBe(0);

    await page.getByRole("button", { name: /^Undo the correction of last_name/ }).press("Enter");
    await dialog.getByText("What stood there before comes back: last_name p-3.").waitFor();
    await dialog.getByRole("textbox", { name: "Reason" }).fill("wrong person");
    await dialog.getByRole("button", { name: "Undo the correction" }).press("Enter");
    await written.getByRole("row", { name: /^last_name p-3/ }).waitFor();
    await history.getByText("Undid a correction").waitFor();
    await checkLayout();

    await page.getByRole("button", { name: "Add a trait…" }).press("Enter");
    await dialog.getByRole("textbox", { name: "Trait" }).fill("no name");
    await dialog.getByRole("textbox", { name: "Value" }).fill("x");
    await dialog.getByRole("textbox", { name: "Reason" }).fill("y");
    expect(await dialog.getByRole("button", { name: "Save the correction" }).isDisabled()).toBe(true);
  });

  it("leaves reads out of the activity log until somebody asks for them, and finds what one person did", async () => {
    const profileId = await profileOf("p-3");
    await open("/activity");
    const table = page.getByRole("table", { name: "Activity log" });
    await table.waitFor();
    expect(await table.getByText("Looked").count()).toBe(0);
    await page.getByText("Show who looked at profiles").click();
    await table.getByText("Looked").first().waitFor();
    await checkLayout();
    await page.goto(`${pages.admin.url}/admin/activity?action=profile.traits`);
    await table.getByText("Corrected traits").first().waitFor();
    expect(await table.getByText("Looked").count()).toBe(0);
    expect(profileId).not.toBe("");
    const who = page.getByRole("searchbox", { name: "Who exactly" });
    await who.fill("nobody");
    await who.press("Enter");
    await page.getByText("Nothing matches").waitFor();
  });

  it("shows somebody without the permission what is missing, and asks the server for nothing", async () => {
    await pages.admin.call("POST", "/v1/users", {
      email: "viewer@example.com",
      password: "viewer-password",
      role: "viewer",
    });
    const profileId = await profileOf("p-3");
    const viewer = await pages.openAs("viewer@example.com", "viewer-password", "/");
    await viewer.getByRole("heading", { level: 1, name: "Home" }).waitFor();
    page = viewer;
    const refused: string[] = [];
    page.on("response", (response) => {
      if (response.status() === 403) refused.push(response.url());
    });
    await page.goto(`${pages.admin.url}/admin/profiles/${profileId}?tab=privacy`);
    await page.getByText("Personal data is hidden").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole("button", { name: "Export everything" }).click();
    await page.getByText("It needs the permission: See personal data.").first().waitFor();
    await page.getByRole("tab", { name: "Consents" }).click();
    await page.getByRole("table", { name: "What may be done with their data" }).waitFor();
    expect(refused).toEqual([]);
    await page.goto(`${pages.admin.url}/admin/privacy`);
    await page.getByText("Your role does not allow this page").waitFor();
    await viewer.context().close();
  });
});
