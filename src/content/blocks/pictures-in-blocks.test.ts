// Pictures of the library in blocks: their texts by language, what is refused on save, and where they are used.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFixedClock } from "../../kernel/index.ts";
import { aPicture } from "../../testing/content/pictures.ts";
import { browser, decisionCalls, server, unique } from "../../testing/decision-calls.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

const clock = createFixedClock(Date.UTC(2030, 5, 1));
let app: TestApp;
let width = 20;
beforeAll(async () => {
  const localeByStoreView = new Map([
    ["de", "de-DE"],
    ["at", "de-AT"],
    ["fr", "fr-FR"],
  ]);
  app = await startTestApp({ clock, config: { localeByStoreView } });
}, 120_000);
afterAll(() => app?.close());
const { decideOne, block } = decisionCalls(() => app);

async function upload(fields: object = {}): Promise<string> {
  width += 1;
  const answer = await app.server.inject({
    method: "POST",
    url: "/v1/assets?fileName=a.png",
    headers: { ...server, "content-type": "application/octet-stream" },
    payload: await aPicture({ width }),
  });
  expect(answer.statusCode).toBe(201);
  const { id } = answer.json().asset;
  expect((await app.call("PUT", `/v1/assets/${id}`, fields)).status).toBe(200);
  return id;
}
const save = async (body: object) => {
  const whole = { placement: "p", priority: 1, audiences: [], ...body };
  const answer = await app.call("POST", "/v1/definitions/block", { key: unique("saved"), name: "Saved", body: whole });
  const { details = [] } = (answer.body["error"] ?? {}) as {
    details?: { path: string; code: string; message: string }[];
  };
  return { status: answer.status, faults: details.map(({ path, code }) => [path, code]), details };
};

describe("the text in place of a picture", () => {
  const alt = { "": "A beach", de: "Ein Strand", "de-AT": "A Strand halt", fr: `Une "plage" <b>` };

  it("is the library's, in the language of the store view, where the block says none", async () => {
    const id = await upload({ alt });
    const placement = unique("hero");
    await block(placement, {
      html: `<img src="asset:${id}/w640"><img src="asset:${id}" alt="Own"><img src="asset:${id}" alt=""><img src="/x.png">`,
      json: { image: `asset:${id}/w640`, text: `{{asset.${id}.alt}}` },
      alt: `{{asset.${id}.alt|A picture}}`,
    });
    const shown = async (storeView: string) => {
      const { value } = await decideOne({ placements: [placement], context: { storeView } }, browser);
      const { html = "", json, alt: text } = value as { html?: string; json?: { text: string }; alt?: string };
      return [html.match(/alt(?:="[^"]*")?/g), json?.text, text];
    };
    const of = (html: string, text: string) => [[`alt="${html}"`, `alt="Own"`, `alt=""`], text, text];
    expect(await shown("en")).toEqual(of("A beach", "A beach"));
    expect(await shown("de")).toEqual(of("Ein Strand", "Ein Strand"));
    expect(await shown("at")).toEqual(of("A Strand halt", "A Strand halt"));
    expect(await shown("fr")).toEqual(of("Une &#34;plage&#34; &#60;b&#62;", `Une "plage" <b>`));
  });

  it("that the library does not have is empty in markup, and hides no block", async () => {
    const id = await upload();
    const placement = unique("hero");
    await block(placement, { html: `<img src="asset:${id}">`, alt: `{{asset.${id}.alt|A picture}}` });
    const { value } = await decideOne({ placements: [placement] }, browser);
    expect(value?.html).toContain(`alt=""`);
    expect((value as { alt?: string }).alt).toBe("A picture");
  });
});

describe("a picture that nobody will see", () => {
  it("is refused on save, by the field that names it", async () => {
    const [gone, archived, expired, future, fine] = [
      "0190c1d2-7f3a-7c11-8a55-2f6f3c0d9e10",
      await upload(),
      await upload({ rights: { from: null, until: "2030-05-01T00:00:00Z", note: "" } }),
      await upload({ rights: { from: "2030-07-01T00:00:00Z", until: null, note: "" } }),
      await upload(),
    ];
    expect((await app.call("POST", `/v1/assets/${archived}/archive`, {})).status).toBe(200);
    const img = (id: string) => `<img src="asset:${id}">`;
    const { faults, details } = await save({
      html: img(gone) + img(fine),
      json: { hero: { image: `asset:${archived}/w640` }, text: `{{asset.${gone}.alt}}` },
      link: `/assets/${expired}/original`,
      variants: [{ html: img(fine) }, { html: img(expired) }],
    });
    expect(faults).toEqual([
      ["/body/html", "content.picture"],
      ["/body/link", "content.picture"],
      ["/body/json/hero/image", "content.picture"],
      ["/body/json/text", "content.picture"],
      ["/body/variants/1/html", "content.picture"],
    ]);
    expect(details.map(({ message }) => message)).toEqual([
      `the picture ${gone} is not in the library`,
      `the picture ${expired} may not be shown any more: its rights have ended`,
      `the picture ${archived} is archived`,
      `the picture ${gone} is not in the library`,
      `the picture ${expired} may not be shown any more: its rights have ended`,
    ]);
    expect((await save({ html: img(fine) + img(future) })).status).toBe(201);
  });

  it("is refused in a draft's preview as well", async () => {
    const id = await upload({ rights: { from: null, until: "2030-05-01T00:00:00Z", note: "" } });
    const body = { placement: "p", priority: 1, audiences: [], html: `<img src="asset:${id}">` };
    expect(await app.call("POST", "/v1/blocks/preview", { draft: { body } })).toMatchObject({
      status: 422,
      body: { error: { code: "content.badDraft", details: [{ path: "/body/html", code: "content.picture" }] } },
    });
  });
});

it("the uses of a picture are those of every field and variant, by text or address, and go with them", async () => {
  const id = await upload();
  const placement = unique("used");
  const key = await block(placement, {
    html: `<img src="asset:${id}">`,
    json: { text: `{{asset.${id}.alt|none}}` },
    variants: [{ storeViews: ["de"], html: `<img src="asset:${id}/w640">` }],
  });
  const paths = async () => (await app.assets.usedBy(id)).map((use) => [use.key, use.path]);
  expect(await paths()).toEqual([
    [key, "/html"],
    [key, "/json/text"],
    [key, "/variants/0/html"],
  ]);
  const { headers } = await app.call("GET", `/v1/definitions/block/${key}`);
  const ifMatch = { ...server, "if-match": String(headers["etag"]) };
  const body = { placement, priority: 10, audiences: [], html: "<p>None</p>" };
  const saved = await app.call("PUT", `/v1/definitions/block/${key}`, { name: key, body }, ifMatch);
  expect(saved.status).toBe(200);
  const again = { ...server, "if-match": String(saved.headers["etag"]) };
  expect((await app.call("POST", `/v1/definitions/block/${key}/publish`, {}, again)).status).toBe(200);
  expect(await paths()).toEqual([]);
});
