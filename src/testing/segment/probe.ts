// Raw requests of the Segment protocol against a whole program with a clock that stands still.
import { demoCredentials } from "../../access/index.ts";
import { createFixedClock, newId } from "../../kernel/index.ts";
import { startTestApp } from "../start-test-app.ts";

/** The time of a probe. */
export const now = Date.parse("2026-11-21T12:00:00Z");
export const manager = { actor: "test", via: "cli" } as const;

export type Headers = Record<string, string>;

export const basic = (key: string, colon = ":"): Headers => ({
  authorization: `Basic ${Buffer.from(key + colon).toString("base64")}`,
});
export const known = basic(demoCredentials.writeKey);
export const json: Headers = { "content-type": "application/json" };

/** A track call of its own message id and person. */
export const aTrack = (extra: object = {}) => {
  const messageId = newId(now);
  return { messageId, type: "track", event: "Probe", anonymousId: `a-${messageId}`, ...extra };
};

export type StoredEvent = Readonly<Record<string, unknown>> & {
  readonly properties: string;
  readonly context: string;
  readonly extra: string;
};

export async function startProbe() {
  const clock = createFixedClock(now);
  const app = await startTestApp({ clock });
  const post = async (url: string, body: unknown, headers: Headers = { ...known, ...json }) => {
    const payload = typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const answer = await app.server.inject({ method: "POST", url, headers, payload });
    return { status: answer.statusCode, body: answer.json() as Record<string, unknown>, headers: answer.headers };
  };
  const query = async (where: string): Promise<StoredEvent[]> => {
    await app.settle();
    return app.engines.clickhouse.query<StoredEvent>(
      `select *, toUnixTimestamp64Milli(ts) as at from events final where ${where}`,
    );
  };
  const stored = (messageId: unknown) => query(`event_id = '${String(messageId)}'`);
  return {
    app,
    clock,
    post,
    query,
    /** Rows of a message in the event store, after everything has arrived there. */
    stored,
    countOf: async (messageId: unknown) => (await stored(messageId)).length,
    /** Dead letters, newest first. */
    letters: async (limit = 200) =>
      (await app.call("GET", `/v1/dead-letters?limit=${limit}`)).body["items"] as Record<string, unknown>[],
  };
}

export type Probe = Awaited<ReturnType<typeof startProbe>>;
