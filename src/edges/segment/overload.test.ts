import { expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { startTestApp } from "../../testing/start-test-app.ts";

it("answers 503 with Retry-After while it cannot store, so that clients send again, and loses nothing it took", async () => {
  const app = await startTestApp({ config: { inboxMaxBytes: 0 } });
  try {
    const headers = { authorization: `Basic ${Buffer.from(`${demoCredentials.writeKey}:`).toString("base64")}` };
    const send = async (number: number) => {
      const message = { type: "track", event: "Probe", anonymousId: `a-${number}`, messageId: `m-${number}` };
      const [url, body] = number % 2 === 0 ? ["/v1/batch", { batch: [message] }] : ["/v1/t", message];
      const answer = await app.server.inject({ method: "POST", url: String(url), headers, payload: body as object });
      return { messageId: message.messageId, status: answer.statusCode, body: answer.json(), headers: answer.headers };
    };
    const answers = await Promise.all(Array.from({ length: 40 }, (_, number) => send(number)));
    await app.settle();
    const rows = await app.engines.clickhouse.query<{ event_id: string }>("select event_id from events");
    const taken = answers.filter(({ status }) => status === 200);
    expect(rows.map((row) => row.event_id).sort()).toEqual(taken.map(({ messageId }) => messageId).sort());
    expect(taken.length).toBeGreaterThan(0);
    expect(taken.length).toBeLessThan(answers.length);
    for (const refused of answers.filter(({ status }) => status !== 200)) {
      expect(refused).toMatchObject({ status: 503, body: { success: false, message: expect.any(String) } });
      expect(Number(refused.headers["retry-after"])).toBeGreaterThanOrEqual(1);
    }
  } finally {
    await app.close();
  }
});
