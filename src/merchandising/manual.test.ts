import { afterAll, beforeAll, expect, it } from "vitest";
import { demoCredentials } from "../access/index.ts";
import { readExamples } from "../testing/manual.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
}, 60_000);
afterAll(() => app.close());

const examples = readExamples("merchandising", { URL: "", TOKEN: demoCredentials.token });

it("has examples", () => expect(examples.length).toBeGreaterThan(3));

it.each(examples.map((example) => [example.title, example] as const))(
  "is right about %s",
  async (_title, { method, path, headers, body, answer }) => {
    const got = await app.call(method as "GET" | "POST", path, body, { ...headers });
    expect([200, 201]).toContain(got.status);
    expect(got.body).toEqual(answer);
  },
);
