import { afterAll, beforeAll, expect, it } from "vitest";
import { systemClock } from "../../kernel/index.ts";
import {
  createTestPersons,
  type SyncsApp,
  startSyncsApp,
  syncCapabilities,
} from "../../testing/connectors/syncs-app.ts";
import { openTestEngines, type TestEngines } from "../../testing/engines.ts";
import { readExamples } from "../../testing/manual.ts";

let engines: TestEngines;
let app: SyncsApp;
beforeAll(async () => {
  engines = await openTestEngines(syncCapabilities, { clickhouse: "embedded" });
  app = await startSyncsApp(engines, systemClock, createTestPersons());
}, 60_000);
afterAll(async () => {
  await app.close();
  await engines.close();
});

const examples = readExamples("audience-syncs", { URL: "", TOKEN: "any" });

it("has examples", () => {
  expect(examples.length).toBeGreaterThan(3);
});

it.each(examples.map((example) => [example.title, example] as const))("is right about %s", async (_title, example) => {
  const { method, path, body, answer } = example;
  const got = await app.call(method as "GET" | "POST", path, body === undefined ? undefined : JSON.parse(body));
  expect([200, 201, 202]).toContain(got.status);
  expect(got.body).toEqual(answer);
});
