import type { Locator, Page } from "playwright-core";

/**
 * Chooses in a list that opens; the option is gone when it was taken.
 *
 * @param typed first letters, for an option that a long list has out of sight
 */
export async function choose(
  page: Page,
  field: RegExp | string,
  option: RegExp | string,
  typed?: string,
): Promise<void> {
  await page.getByRole("button", { name: field }).click();
  const taken = page.getByRole("option", { name: option, exact: true });
  // The list of a field before may still be closing.
  const list = page.getByRole("listbox").filter({ has: taken });
  if (typed !== undefined) {
    await page.getByRole("listbox").last().waitFor();
    await page.keyboard.type(typed);
  }
  await taken.click();
  // A click into a list that is still opening is lost.
  for (let left = 3; left > 0 && (await list.count()) > 0; left -= 1) {
    const isGone = await list.waitFor({ state: "detached", timeout: 3_000 }).then(
      () => true,
      () => false,
    );
    if (!isGone) await taken.click();
  }
  await list.waitFor({ state: "detached" });
}

/** Chooses in a list that stays open for more, and closes it. */
export async function tick(page: Page, opener: Locator, option: RegExp | string): Promise<void> {
  await opener.click();
  const ticked = page.getByRole("option", { name: option });
  const isTicked = async (): Promise<boolean> => (await ticked.getAttribute("aria-selected")) === "true";
  // A click into a list that is still opening is lost.
  for (let left = 5; left > 0 && !(await isTicked()); left -= 1) {
    await ticked.click();
    await ticked
      .and(page.locator("[aria-selected=true]"))
      .waitFor({ timeout: 3_000 })
      .catch(() => undefined);
  }
  if (!(await isTicked())) throw new Error(`${option} was not chosen`);
  await page.keyboard.press("Escape");
  await ticked.waitFor({ state: "detached" });
}

/** Types into a field that finds while one types, and takes the only thing that it found; by keyboard: lists move. */
export async function find(page: Page, field: Locator, typed: string, found: RegExp): Promise<void> {
  await field.fill(typed);
  const options = page.getByRole("option");
  await options.filter({ hasText: found }).waitFor();
  await options.filter({ hasNotText: found }).first().waitFor({ state: "detached" });
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await options.first().waitFor({ state: "detached" });
}

/** Opens a menu and takes an item of it. The menu before may still be closing, its items and all. */
export async function takeFromMenu(page: Page, opener: Locator, item: RegExp | string): Promise<void> {
  await page.getByRole("menu").first().waitFor({ state: "detached" });
  await opener.click();
  await page.getByRole("menuitem", { name: item, exact: typeof item === "string" }).click();
}

/**
 * Opens the list of a field that finds while one types. A list closes when the page scrolls, which it still does for a field
 * that was out of sight, and when a menu that was open before takes the focus back: then it is opened again.
 */
export async function openOptions(page: Page, field: Locator): Promise<void> {
  const first = page.getByRole("option").first();
  for (let left = 10; left > 0; left -= 1) {
    await field.click();
    const isOpen = await first.waitFor({ timeout: 2_000 }).then(
      () => true,
      () => false,
    );
    if (isOpen) return;
    // Without a change of focus a click into the field opens nothing.
    await field.blur();
  }
  await first.waitFor();
}

/** Answers the question that is open; a click into a dialog that is still opening is lost. */
export async function answer(page: Page, button: string): Promise<void> {
  const answered = page.getByRole("alertdialog").getByRole("button", { name: button, exact: true });
  // It need not be gone: what is told afterwards may be gone by then as well.
  const isClosing = (timeout: number): Promise<boolean> =>
    page
      .waitForFunction(
        () => !document.querySelector("[role=alertdialog]") || document.querySelector("[data-exiting]") !== null,
        undefined,
        { timeout, polling: 50 },
      )
      .then(
        () => true,
        () => false,
      );
  await answered.click();
  for (let left = 4; left > 0; left -= 1) {
    if (await isClosing(2_000)) return;
    // It may go just now.
    await answered.click({ timeout: 1_000 }).catch(() => undefined);
  }
  await answered.waitFor({ state: "detached" });
}
