import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

const page = readFileSync(new URL("../../../docs/manual/offers.md", import.meta.url), "utf8");
/** Definitions one after the other, as the page prints them. */
const definitions = page.match(/```json\n(\{ "kind"[\s\S]*?)\n```/)?.[1]?.split(/\n(?=\{ "kind")/) ?? [];
const [, decideBody = ""] = /```\nPOST \/v1\/decide (\{.*\})\n/.exec(page) ?? [];
const simulateBody = /`POST \/v1\/offer-policies\/\{key\}\/simulate (\{.*?\})`/.exec(page)?.[1];

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
}, 120_000);
afterAll(async () => app?.close());

it("shows a first policy that can be published and answers as the manual says", { timeout: 60_000 }, async () => {
  await app.publish("audience", "hikers", { rule: { everyone: true } });
  expect(definitions.length).toBe(5);
  for (const text of definitions) {
    const { kind, key, body } = JSON.parse(text) as { kind: string; key: string; body: object };
    await app.publish(kind, key, body);
  }
  const writeKey = { authorization: `Bearer ${demoCredentials.writeKey}` };
  const { body } = await app.call("POST", "/v1/decide", decideBody, {
    ...writeKey,
    "content-type": "application/json",
  });
  expect(body["decisions"], JSON.stringify(body)).toMatchObject([
    {
      kind: "offers",
      decisionId: expect.any(String),
      value: {
        propositionId: expect.any(String),
        policy: "home",
        items: [{ id: "welcome", strategy: "fallback", fallback: true, score: 0, representation: expect.any(Object) }],
      },
    },
  ]);
  const simulated = await app.call(
    "POST",
    "/v1/offer-policies/home/simulate",
    JSON.parse((simulateBody ?? "{}").replace("{…}", "{}")),
  );
  expect(simulated.status, JSON.stringify(simulated.body)).toBe(200);
});
