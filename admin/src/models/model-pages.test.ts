import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { answer, choose } from "../testing/choose.ts";
import { accessibilityFaults, type OpenAdmin } from "../testing/open-admin.ts";
import { useAdmin } from "../testing/use-admin.ts";

const passed = { passed: true, reasons: ["AUC 0.812, ahead of RFM with 0.701"] };
const refused = { passed: false, reasons: ["only 120 people to test on, 200 are needed"] };
const models = [
  {
    key: "propensity_30d",
    label: "Buys within 30 days",
    kind: "score",
    status: "live",
    liveVersion: 2,
    trainedAt: "2026-01-02T00:00:00Z",
    gate: passed,
  },
  {
    key: "clusters",
    label: "Groups of alike shoppers",
    kind: "clusters",
    status: "refused",
    liveVersion: null,
    trainedAt: "2026-01-02T00:00:00Z",
    gate: refused,
  },
  {
    key: "lookalike_vip",
    label: "Like: VIP",
    kind: "lookalike",
    status: "live",
    liveVersion: 1,
    trainedAt: "2026-01-02T00:00:00Z",
    gate: passed,
    settings: { audience: "vip", share: 0.1 },
  },
  { key: "churn", label: "Leaves", kind: "score", status: "untrained", liveVersion: null, trainedAt: null, gate: null },
];
const versions = [
  { version: 3, trainedAt: "2026-01-03T00:00:00Z", status: "refused", gate: refused, promotedBy: null },
  { version: 2, trainedAt: "2026-01-02T00:00:00Z", status: "live", gate: passed, promotedBy: null },
  { version: 1, trainedAt: "2026-01-01T00:00:00Z", status: "retired", gate: passed, promotedBy: "admin@example.com" },
];
const deciles = Array.from({ length: 10 }, (_, index) => index + 1);
const report = {
  metrics: { auc: 0.812, logLoss: 0.31, calibrationError: 0.021 },
  baselines: { rfm: { auc: 0.701 }, spendContinues: { auc: 0.65 } },
  calibration: deciles.map((decile) => ({ expected: decile / 20, actual: decile / 22, count: 40 })),
  lift: deciles.map((decile) => ({ decile, rate: 0.5 / decile, lift: 3 / decile })),
  warnings: [{ code: "rank", message: "going on as before ranks people better" }],
  importance: [
    { feature: "orders_90d", share: 0.6, sentence: "many orders in 90 days: likelier to buy" },
    { feature: "days", share: 0.4, sentence: "few days since the last order: likelier to buy" },
  ],
  split: { trainTo: "2025-11-01T00:00:00Z", testTo: "2026-01-01T00:00:00Z" },
};
const groups = {
  metrics: { explained: 0.4 },
  clusters: [
    {
      id: "c1",
      label: "very many orders",
      people: 12,
      share: 0.25,
      differs: [{ sentence: "very many orders in 90 days" }],
    },
  ],
};
const lookalike = {
  metrics: { auc: 0.77 },
  sizes: [
    { share: 0.05, likeness: 6 },
    { share: 0.2, likeness: 3 },
  ],
};

describe("pages of models", { timeout: 180_000 }, () => {
  let admin: OpenAdmin;
  let page: Page;
  const its = useAdmin(async (opened) => {
    admin = opened;
    const rule = { attribute: { path: "profile.email", op: "exists" } };
    await admin.call("POST", "/v1/definitions/audience", { key: "vip", name: "VIPs", body: { rule } });
    await admin.call("POST", "/v1/definitions/audience/vip/publish", {});
  });
  /** Answers with models that have been trained: training real ones takes longer than a test may. */
  const withModels = async (path: string): Promise<readonly { path: string; body: unknown }[]> => {
    const sent: { path: string; body: unknown }[] = [];
    page = await its.open("/");
    await page.unrouteAll({ behavior: "wait" });
    await page.route("**/v1/models**", (route) => {
      const request = route.request();
      const { pathname } = new URL(request.url());
      if (request.method() === "POST") {
        sent.push({ path: pathname, body: request.postDataJSON() as unknown });
        return route.fulfill({ json: {} });
      }
      if (request.method() === "DELETE") {
        sent.push({ path: pathname, body: null });
        const details = [
          { path: "/audience/like-vips/rule/attribute/path", code: "models.inUse", message: "" },
          { path: "/audience/like-vips/rule/all/1", code: "models.inUse", message: "" },
        ];
        const error = { id: "1", code: "models.inUse", message: "in use", details };
        return sent.length > 1 ? route.fulfill({ status: 204 }) : route.fulfill({ status: 409, json: { error } });
      }
      const [, , , key = "", part = "", , last = ""] = pathname.split("/");
      const reports: Readonly<Record<string, unknown>> = { clusters: groups, lookalike_vip: lookalike };
      if (key === "") return route.fulfill({ json: { items: models } });
      if (last === "report") return route.fulfill({ json: reports[key] ?? report });
      if (part === "versions") return route.fulfill({ json: { items: key === "churn" ? [] : versions } });
      return route.fulfill({ json: models.find((model) => model.key === key) });
    });
    await page.goto(`${admin.url}/admin${path}`);
    await page.locator("main h1").waitFor();
    return sent;
  };

  it("lists every model with what it is up to", async () => {
    await withModels("/models");
    await page.getByRole("row", { name: /Buys within 30 days Score Live 2 .*Passed/ }).waitFor();
    await page.getByRole("row", { name: /Leaves Score Not trained yet .*Not judged yet/ }).waitFor();
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });

  it("tells how a model did: its gate in words, figures beside simple rules, plots with their tables, importance", async () => {
    await withModels("/models/propensity_30d");
    await page.getByText("AUC 0.812, ahead of RFM with 0.701").waitFor();
    const quality = page.getByRole("table", { name: "How good it is" });
    await quality.getByRole("row", { name: "Ranking (AUC) 0.812 0.701 0.65" }).waitFor();
    await page.getByRole("img", { name: "Does what it says come true?" }).waitFor();
    await page
      .getByRole("region", { name: "Does it find the right people?" })
      .getByText("3 × (50%)", { exact: true })
      .waitFor();
    await page.getByText("many orders in 90 days: likelier to buy").waitFor();
    await page.getByText("going on as before ranks people better").waitFor();
    await page.getByRole("button", { name: "Figures", exact: true }).click();
    await page.getByRole("table", { name: "Does what it says come true?" }).getByRole("row").nth(10).waitFor();
    await its.checkLayout(page);
  });

  it("shows another version, and goes back to it after a question", async () => {
    const sent = await withModels("/models/propensity_30d");
    await page.getByRole("button", { name: "Show Version 3" }).click();
    await page.getByText("only 120 people to test on, 200 are needed").waitFor();
    expect(page.url()).toContain("version=3");
    await page.getByRole("button", { name: "Use this version: Version 3" }).click();
    await page
      .getByRole("alertdialog")
      .getByText(/Its gate refused it/)
      .waitFor();
    await answer(page, "Cancel");
    await page.getByRole("button", { name: "Use this version: Version 1" }).click();
    await answer(page, "Use this version");
    await page.getByText("Version 1 is in use").waitFor();
    await page.getByRole("button", { name: "Train now" }).click();
    await page.getByText("Training has started").waitFor();
    expect(sent).toEqual([
      { path: "/v1/models/propensity_30d/promote", body: { version: 1 } },
      { path: "/v1/models/propensity_30d/train", body: {} },
    ]);
  });

  it("stops a training, and says that it was stopped", async () => {
    const sent = await withModels("/models/churn");
    const run = { status: "running", stage: "Reading", done: 20, total: 100 };
    const answer = (status: string) => ({ ...models[3], run: { ...run, status } });
    await page.route("**/v1/models/churn", (route) =>
      route.fulfill({ json: answer(sent.length > 0 ? "cancelled" : "running") }),
    );
    await page.getByRole("button", { name: "Train now" }).waitFor();
    await page.reload();
    await page.getByText("Reading: 20 of 100").waitFor();
    await page.getByRole("button", { name: "Cancel training" }).click();
    await page.getByText(/The last training was cancelled/).waitFor();
    await page.getByRole("button", { name: "Train now" }).waitFor();
    await its.checkLayout(page);
    expect(sent).toEqual([{ path: "/v1/models/churn/cancel", body: {} }]);
  });

  it("describes groups, and says what is missing where nothing has been learned", async () => {
    await withModels("/models/clusters");
    await page.getByRole("heading", { name: "very many orders" }).waitFor();
    await page.getByText("12 people, 25% of everybody").waitFor();
    await its.checkLayout(page);
    await withModels("/models/churn");
    await page.getByText("Nothing has been learned yet").waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it("deletes a look-alike after a question, and names the rules that go by it when they do", async () => {
    const sent = await withModels("/models/lookalike_vip");
    const ask = () => page.getByRole("button", { name: "Delete", exact: true }).click();
    const confirm = () => page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
    await ask();
    await confirm();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("link", { name: "like-vips" }).waitFor();
    expect(await dialog.getByRole("link").count()).toBe(1);
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "detached" });
    await ask();
    await confirm();
    await its.titled(page, "Models");
    expect(sent.map(({ path }) => path)).toEqual(Array(2).fill("/v1/models/lookalike_vip"));
  });

  it("makes a look-alike of an audience and changes its size", async () => {
    const sent = await withModels("/models/lookalike_vip");
    const slider = page.getByRole("slider", { name: "Size" });
    await page.getByText("The most alike 10% of everybody else: 5 × as alike as chance").waitFor();
    await slider.focus();
    for (let step = 0; step < 5; step += 1) await page.keyboard.press("ArrowRight");
    await page.getByText("The most alike 15% of everybody else: 4 × as alike as chance").waitFor();
    await page.getByRole("button", { name: "Save size" }).click();
    await page.getByText("The size is saved").waitFor();
    await its.checkLayout(page);
    expect(sent).toEqual([{ path: "/v1/models/lookalikes", body: { audience: "vip", share: 0.15 } }]);

    const made = await withModels("/models");
    await page.getByRole("button", { name: "New look-alike" }).click();
    await choose(page, /Audience/, "VIPs");
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole("button", { name: "Make it" }).click();
    await page.getByText("The look-alike is being trained").waitFor();
    expect(made).toEqual([{ path: "/v1/models/lookalikes", body: { audience: "vip", share: 0.05 } }]);
    await page.unrouteAll({ behavior: "wait" });
  });
});
