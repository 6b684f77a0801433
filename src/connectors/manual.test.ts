import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../kernel/index.ts";
import { destinationCapabilities, startDestinationsApp } from "../testing/connectors/destinations-app.ts";
import { startSourcesApp } from "../testing/connectors/sources-app.ts";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import { readExamples } from "../testing/manual.ts";

type Call = (method: "GET" | "POST", url: string, body?: unknown) => Promise<{ status: number; body: unknown }>;
let engines: TestEngines;
const apps: { readonly close: () => Promise<void> }[] = [];
const calls: Record<string, Call> = {};
beforeAll(async () => {
  engines = await openTestEngines(destinationCapabilities);
  const sources = await startSourcesApp(engines, systemClock);
  const destinations = await startDestinationsApp(engines, systemClock, { allowPrivateTargets: false });
  apps.push(sources, destinations);
  calls["sources"] = sources.call;
  calls["destinations"] = destinations.call;
});
afterAll(async () => {
  for (const app of apps) await app.close();
  await engines.close();
});

describe.each(["sources", "destinations"])("the manual page %s", (page) => {
  const examples = readExamples(page, { URL: "", TOKEN: "any" });

  it("has examples", () => {
    expect(examples.length).toBeGreaterThan(2);
  });

  it.each(examples.map((example) => [example.title, example] as const))(
    "is right about %s",
    async (_title, example) => {
      const { method, path, body, answer } = example;
      const got = await calls[page]!(method as "GET" | "POST", path, body === undefined ? undefined : JSON.parse(body));
      expect([200, 201]).toContain(got.status);
      expect(got.body).toEqual(answer);
    },
  );
});
