import { afterAll, beforeAll, expect, it } from "vitest";
import { demoCredentials } from "../access/index.ts";
import { readExamples } from "../testing/manual.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
}, 60_000);
afterAll(() => app.close());

it("every example of the manual page does what it says", async () => {
  await app.publish("audience", "manual-buyers", { rule: { event: { name: "addToCart" } } });
  await app.audiences.settled();
  await app.send([{ type: "addToCart", anonymousId: "manual-device", properties: { items: [{ sku: "S", qty: 1 }] } }]);
  await app.settle();
  const mail = { email: "maya-export@example.com", traits: { firstName: "Maya" } };
  const variables = { URL: "", TOKEN: demoCredentials.token, KEY: demoCredentials.writeKey };
  const examples = readExamples("audience-export", variables);
  expect(examples.length).toBe(4);
  for (const { title, method, path, headers, body, answer } of examples) {
    if (path.endsWith("/check")) {
      await app.sendFromServer([
        { type: "profileRecord", customerId: "maya-export", ...mail },
        { type: "addToCart", customerId: "maya-export", properties: { items: [{ sku: "S", qty: 1 }] } },
      ]);
      await app.settle();
    }
    const got = await app.call(method as "GET", path, body, {
      ...headers,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    });
    expect(got.status, title).toBe(200);
    if (answer !== undefined) expect(got.body, title).toEqual(answer);
  }
});
