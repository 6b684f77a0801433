import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../access/index.ts";
import { readExamples } from "../testing/manual.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  const hero = { placement: "home.hero", priority: 1, audiences: [], html: "<p>Welcome</p>" };
  const created = await app.call("POST", "/v1/definitions/block", { key: "welcome", name: "Welcome", body: hero });
  const etag = String(created.headers["etag"]);
  const headers = { authorization: `Bearer ${demoCredentials.token}`, "if-match": etag };
  expect((await app.call("POST", "/v1/definitions/block/welcome/publish", {}, headers)).status).toBe(200);
});
afterAll(() => app.close());

const variables = { URL: "", KEY: demoCredentials.writeKey, TOKEN: demoCredentials.token };

describe.each(["events", "profiles", "decisions", "operations"])("the manual page %s", (page) => {
  const examples = readExamples(page, variables);

  it("has examples", () => {
    expect(examples.length).toBeGreaterThan(0);
  });

  it.each(examples.map((example) => [example.title, example] as const))(
    "is right about %s",
    async (_title, example) => {
      const { method, path, headers, body, answer } = example;
      expect(["GET", "POST"]).toContain(method);
      const got = await app.call(method as "GET" | "POST", path, body, { ...headers });
      expect(got.status).toBe(200);
      await app.settle();
      if (answer !== undefined) expect(got.body).toEqual(answer);
    },
  );
});
