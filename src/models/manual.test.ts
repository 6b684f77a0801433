import { afterAll, beforeAll, expect, it } from "vitest";
import { demoCredentials } from "../access/index.ts";
import { readExamples } from "../testing/manual.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";
import { features } from "./features/features.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
}, 60_000);
afterAll(() => app.close());

const examples = readExamples("models", { URL: "", TOKEN: demoCredentials.token });

it("has examples", () => {
  expect(examples.length).toBeGreaterThan(1);
});

it.each(examples.map((example) => [example.title, example] as const))(
  "the manual is right about %s",
  async (_title, { method, path, headers, body, answer }) => {
    const got = await app.call(method as "GET", path, body, { ...headers });
    expect(got.status).toBe(200);
    if (answer !== undefined) expect(got.body).toEqual(answer);
  },
);

it("the manual counts the features", () => {
  expect(features).toHaveLength(44);
});
