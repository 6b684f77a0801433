import { expect, it } from "vitest";
import { demoCredentials } from "../access/index.ts";
import { startTestApp } from "../testing/start-test-app.ts";

it("answers 503 with Retry-After when the inbox is full, and stores exactly what it acknowledged", async () => {
  const app = await startTestApp({ config: { inboxMaxBytes: 0 } });
  try {
    const browser = { authorization: `Bearer ${demoCredentials.writeKey}` };
    const visitors = Array.from({ length: 30 }, (_, index) => `visitor-${index}`);
    const answers = await Promise.all(
      visitors.map(async (anonymousId) => {
        const answer = await app.call("POST", "/v1/events", { events: [{ type: "pageView", anonymousId }] }, browser);
        return { anonymousId, ...answer };
      }),
    );
    await app.settle();
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 503]));
    for (const { anonymousId, status, body, headers } of answers) {
      const profile = await app.call("GET", `/v1/profiles/by/anonymous_id/${anonymousId}`);
      expect(profile.status).toBe(status === 200 ? 200 : 404);
      if (status === 200) continue;
      expect(body).toMatchObject({ error: { code: "collect.busy" } });
      expect(Number(headers["retry-after"])).toBeGreaterThanOrEqual(1);
    }
    const repeated = answers.find(({ status }) => status === 503)!;
    await app.send([{ type: "pageView", anonymousId: repeated.anonymousId }]);
    await app.settle();
    expect((await app.call("GET", `/v1/profiles/by/anonymous_id/${repeated.anonymousId}`)).status).toBe(200);
  } finally {
    await app.close();
  }
});
