import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browser, decisionCalls, server, unique, view } from "../testing/decision-calls.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
const { decideOne, block, viewersOf, visitor } = decisionCalls(() => app);

describe("a preview", () => {
  it.each([{ explain: true }, { asOf: "2030-01-01T00:00:00Z" }, { as: { audiences: [] } }, { as: { profileId: "x" } }])(
    "needs a token with the scope read: %j",
    async (preview) => {
      expect(await app.call("POST", "/v1/decide", { placements: ["p"], ...preview }, browser)).toMatchObject({
        status: 403,
        body: { error: { code: "decisions.previewNotAllowed" } },
      });
      const editor = await app.call("POST", "/v1/keys", { kind: "token", name: unique("editor"), scopes: ["edit"] });
      const headers = { authorization: `Bearer ${String(editor.body["key"])}` };
      expect((await app.call("POST", "/v1/decide", { placements: ["p"], ...preview }, headers)).status).toBe(403);
    },
  );

  it("explains what was considered and which leaf refused it", async () => {
    const placement = unique("home");
    const rule = { attribute: { path: "context.device", op: "eq", value: "mobile" } };
    const mobile = await block(placement, { priority: 1, rule });
    const audience = await viewersOf("LAMP");
    const lamps = await block(placement, { priority: 2, audiences: [audience] });
    const shown = await block(placement, { priority: 3 });
    await block(placement, { priority: 4 });
    const { explain } = await decideOne(
      { placements: [placement], context: { device: "desktop" }, explain: true },
      server,
    );
    expect(explain?.considered).toMatchObject([
      { key: mobile, outcome: "refused", reason: { code: "rule" } },
      { key: lamps, outcome: "refused", reason: { code: "audience", audiences: [audience] } },
      { key: shown, outcome: "shown", reason: { code: "everybody" } },
    ]);
    const leaf = JSON.stringify(explain?.considered[0]?.reason["rule"]);
    expect(leaf).toContain("context.device");
    expect(leaf).toContain("desktop");
    expect(JSON.stringify(explain?.considered[1]?.reason["rule"])).toContain("productPageView");
  });

  it("shows what a chosen profile would see", async () => {
    const placement = unique("home");
    const special = await block(placement, { audiences: [await viewersOf("VASE")] });
    const anonymousId = await visitor(view("VASE"));
    const { profileId } = (await app.call("GET", `/v1/profiles/by/anonymous_id/${anonymousId}`)).body;
    expect((await decideOne({ placements: [placement], as: { profileId } }, server)).value?.name).toBe(special);
    const unknown = { placements: [placement], as: { profileId: "01900000-0000-7000-8000-000000000000" } };
    expect(await app.call("POST", "/v1/decide", unknown, server)).toMatchObject({
      status: 404,
      body: { error: { code: "decisions.unknownPreviewProfile" } },
    });
  });

  it("shows what members of chosen audiences would see, of a known visitor and of nobody", async () => {
    const placement = unique("home");
    const [yes, no] = [await viewersOf("SOFA"), await viewersOf("BED")];
    const special = await block(placement, { audiences: [yes] });
    const ask = async (audiences: string[], identity: object) =>
      (await decideOne({ identity, placements: [placement], as: { audiences } }, server)).value?.name;
    const anonymousId = await visitor(view("SOFA"));
    expect(await ask([yes], {})).toBe(special);
    expect(await ask([yes], { anonymousId: await visitor() })).toBe(special);
    expect(await ask([no], { anonymousId })).toBeUndefined();
    expect(await ask([], { anonymousId })).toBeUndefined();
  });

  it("shows a device that the rules ask for", async () => {
    const placement = unique("home");
    const mobile = await block(placement, {
      rule: { attribute: { path: "context.device", op: "eq", value: "mobile" } },
    });
    const ask = { placements: [placement], context: { device: "desktop" }, as: { device: "mobile" } };
    expect((await decideOne(ask, server)).value?.name).toBe(mobile);
  });
});
