import { afterAll, beforeAll, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { readExamples } from "../../testing/manual.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

const variables = { URL: "", KEY: demoCredentials.writeKey, TOKEN: demoCredentials.token };
const examples = readExamples("segment", variables);

it.each(examples.map((example) => [example.title, example] as const))(
  "the manual is right about %s",
  async (_title, example) => {
    const { method, path, headers, body, answer } = example;
    const got = await app.call(method as "GET" | "POST", path, body, { ...headers });
    expect(got.status).toBe(200);
    expect(got.body).toEqual(answer);
  },
);

it("the manual has examples", () => {
  expect(examples.length).toBe(2);
});
