import type { Page } from "playwright-core";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { choose } from "../testing/choose.ts";
import { press } from "../testing/connector-pages.ts";
import { useAdmin } from "../testing/use-admin.ts";

const picture = (background: string, width = 300, height = 200) =>
  sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();
const asFile = async (name: string, background: string) => ({
  name,
  mimeType: "image/png",
  buffer: await picture(background),
});

describe("the asset library", { timeout: 90_000 }, () => {
  const its = useAdmin(async () => undefined);

  /** Puts a picture into the library without the pages. */
  const store = async (name: string, background: string, query = ""): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${its.admin.url}/v1/assets?fileName=${name}${query}`, {
      method: "POST",
      headers: { authorization: "Bearer demo-admin-token", "content-type": "image/png" },
      body: new Uint8Array(await picture(background)),
    });
    expect(answer.status).toBe(201);
    return ((await answer.json()) as { asset: Record<string, unknown> }).asset;
  };
  const cards = (page: Page) => page.getByRole("list", { name: "Assets", exact: true }).getByRole("listitem");

  it("is empty at first; takes several files, says which were there already and which are no pictures", async () => {
    const page = await its.open("/pictures");
    await page.getByText("No pictures yet").waitFor();
    await its.checkLayout(page);
    const field = page.locator("input[type=file]");
    await field.setInputFiles([
      await asFile("red.png", "#c00"),
      await asFile("blue.png", "#00c"),
      { name: "fake.png", mimeType: "image/png", buffer: Buffer.from("<svg onload=alert(1)>") },
    ]);
    const uploads = page.getByRole("list", { name: "Uploads" });
    await uploads.getByRole("link", { name: "red.png" }).waitFor();
    await uploads.getByRole("link", { name: "blue.png" }).waitFor();
    await uploads.getByText("fake.png: Not uploaded").waitFor();
    await expect.poll(() => cards(page).count()).toBe(2);
    await field.setInputFiles([await asFile("red-again.png", "#c00")]);
    await uploads.getByText("Was in the library already").waitFor();
    await uploads.getByRole("button", { name: "Store it again all the same" }).click();
    await expect.poll(() => cards(page).count()).toBe(3);
    await its.checkLayout(page);
  });

  it("is searched, and filtered by folder and tag, in its address", async () => {
    await store("tent.png", "#0c0", "&folder=camping/summer&tags=sale");
    const page = await its.open("/pictures");
    await page.getByRole("searchbox").fill("tent");
    await expect.poll(() => cards(page).count()).toBe(1);
    expect(page.url()).toContain("q=tent");
    await page.getByRole("searchbox").fill("");
    await choose(page, /^All folders|Folder/, "camping/summer (1)");
    await expect.poll(() => page.url()).toContain("folder=camping");
    await expect.poll(() => cards(page).count()).toBe(1);
    await press(page, "Rename the folder");
    await page.getByRole("dialog").getByRole("textbox", { name: "New path" }).fill("outdoor");
    await page.getByRole("dialog").getByRole("button", { name: "Rename the folder" }).click();
    await page.getByText("Pictures moved: 1").waitFor();
    await expect.poll(() => page.url()).toContain("folder=outdoor");
    await expect.poll(() => cards(page).count()).toBe(1);
    expect(its.faults()).toEqual([]);
  });

  it("keeps what is written about a picture: focal point by keys, texts by language, rights", async () => {
    const { id } = await store("coast.png", "#0cc");
    const page = await its.open(`/pictures/${id}`);
    await its.titled(page, "coast.png");
    const point = page.getByRole("button", { name: /^Focal point/ });
    await point.focus();
    for (const key of ["Shift+ArrowRight", "ArrowUp"]) await page.keyboard.press(key);
    await page.getByText("60% from the left, 49% from the top").first().waitFor();
    await page.getByRole("textbox", { name: "Text for people who cannot see it: All languages" }).fill("A coast");
    await page.getByRole("button", { name: "Add a language" }).click();
    await page.getByRole("textbox", { name: "Language", exact: true }).fill("de");
    await page.getByRole("textbox", { name: "Text in de" }).fill("Eine Küste");
    await page.getByLabel("May be shown until").fill("2020-01-01T00:00");
    await press(page, "Save");
    await page.getByText("coast.png is saved").waitFor();
    await page.getByText("Over: shown nowhere").first().waitFor();
    expect(await its.admin.call("GET", `/v1/assets/${id}`)).toMatchObject({
      alt: { "": "A coast", de: "Eine Küste" },
      focalPoint: { x: 0.6, y: 0.49 },
      rights: { until: "2019-12-31T23:00:00.000Z", state: "expired" },
    });
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });

  it("replaces a file, shows the old one again, and archives only what nothing uses", async () => {
    const { id, reference } = await store("shoe.png", "#c0c");
    const body = { placement: "home.hero", priority: 1, audiences: [], html: `<img src="${reference}" alt="">` };
    const block = await its.admin.call("POST", "/v1/definitions/block", { key: "shoe", name: "Shoe block", body });
    const page = await its.open(`/pictures/${id}`);
    await page.getByRole("region", { name: "Where it is used" }).getByRole("link", { name: "Shoe block" }).waitFor();
    expect(await page.getByRole("button", { name: "Archive", exact: true }).isDisabled()).toBe(true);
    await page.locator("input[type=file]").setInputFiles(await asFile("boot.png", "#fff"));
    await page.getByText(/The file of shoe.png is replaced/).waitFor();
    const versions = page.getByRole("region", { name: "Versions" });
    await versions.getByRole("row", { name: /^2 Shown now/ }).waitFor();
    await versions.getByRole("button", { name: "Show this one again" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Show this one again" }).click();
    await versions.getByRole("row", { name: /^3 Shown now.*Copy of version 1/ }).waitFor();

    const gone = await fetch(`${its.admin.url}/v1/definitions/block/${block["id"]}`, {
      method: "DELETE",
      headers: { authorization: "Bearer demo-admin-token" },
    });
    expect(gone.ok).toBe(true);
    await page.reload();
    await press(page, "Archive");
    await page.getByRole("alertdialog").getByRole("button", { name: "Archive" }).click();
    await page.getByRole("button", { name: "Delete for good" }).waitFor();
    await its.checkLayout(page);
    await press(page, "Delete for good");
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete for good" }).click();
    await its.titled(page, "Assets");
    await page.getByText("shoe.png is deleted").waitFor();
  });

  it("gives a picture to the HTML of a block, in a chosen size", async () => {
    const { reference } = await store("lamp.png", "#cc0");
    const page = await its.open("/blocks/new");
    await page.getByLabel("HTML", { exact: true }).fill("");
    await press(page, "Insert a picture");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("searchbox").fill("lamp");
    await expect.poll(() => dialog.getByRole("listitem").count()).toBe(1);
    await dialog.getByRole("button", { name: "Use lamp.png" }).click();
    await expect
      .poll(() => page.getByLabel("HTML", { exact: true }).inputValue())
      .toBe(`<img src="${reference}/w960" alt="">`);
    const shown = page.frameLocator("iframe[title='Preview of the HTML']").locator("img");
    await expect.poll(() => shown.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(300);
  });

  it("makes a size of one's own", async () => {
    const page = await its.open("/picture-sizes/new");
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("Tile");
    await page.getByRole("textbox", { name: "Height in pixels" }).fill("500");
    await choose(page, /Fit/, /Fill and crop/);
    await press(page, "Save draft");
    await its.titled(page, "Tile");
    const { body } = await its.admin.call("GET", "/v1/definitions/asset-rendition/tile");
    expect(body).toEqual({ width: 640, height: 500, fit: "cover", format: "auto", quality: 80 });
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });
});
