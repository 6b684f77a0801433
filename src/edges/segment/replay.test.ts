import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { createFixedClock } from "../../kernel/index.ts";
import { type CountedProfile, expectFields, type StoredRow } from "../../testing/segment/expected-row.ts";
import {
  messagesOf,
  type RecordedRequest,
  readRecording,
  recordings,
  toInjection,
} from "../../testing/segment/recorded-requests.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

const clock = createFixedClock(Date.parse("2026-11-21T03:14:00Z"));
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ clock });
});
afterAll(() => app.close());

const rowsOf = (messageId: string) =>
  app.engines.clickhouse.query<StoredRow>(`select * from events final where event_id = '${messageId}'`);
const profileBy = async (namespace: string, value: string) =>
  (await app.call("GET", `/v1/profiles/by/${namespace}/${encodeURIComponent(value)}`)).body;

async function replay(requests: readonly RecordedRequest[]): Promise<void> {
  for (const request of requests) {
    clock.set(Date.parse(request.receivedAt));
    const answer = await app.server.inject(toInjection(request, demoCredentials.writeKey));
    if (request.method === "OPTIONS") {
      expect(answer.statusCode).toBe(204);
      expect(answer.headers["access-control-allow-headers"]).toBe(request.headers["access-control-request-headers"]);
      expect(answer.headers["access-control-allow-origin"]).toBe(request.headers["origin"]);
    } else expect([answer.statusCode, answer.json()]).toEqual([200, { success: true }]);
  }
}

describe.skipIf(recordings().length === 0)(
  `recorded requests${recordings().length > 0 ? "" : " (fixtures folder not found; set CLIENTELE_FIXTURES)"}`,
  () => {
    it.each(recordings())(
      "of %s: every message is stored once with its fields and counts once for its profile",
      async (name) => {
        const requests = readRecording(name);
        await replay(requests);
        await app.settle();
        const messageById = new Map(requests.flatMap(messagesOf).map((message) => [message.messageId, message]));
        expect(messageById.size).toBeGreaterThan(0);
        const countByPerson = new Map<string, number>();
        for (const [messageId, message] of messageById) {
          const rows = await rowsOf(messageId);
          expect(rows.length, messageId).toBe(1);
          expectFields(message, rows[0]!);
          const person = message["userId"] ? `user_id ${message["userId"]}` : `anonymous_id ${message["anonymousId"]}`;
          countByPerson.set(person, (countByPerson.get(person) ?? 0) + 1);
        }
        const expected = new Map<unknown, number>();
        const counted = new Map<unknown, number>();
        for (const [person, count] of countByPerson) {
          const [namespace = "", value = ""] = person.split(" ");
          const { profileId, counters } = (await profileBy(namespace, value)) as CountedProfile;
          expected.set(profileId, (expected.get(profileId) ?? 0) + count);
          counted.set(
            profileId,
            Object.values(counters).reduce((sum, times) => sum + times, 0),
          );
        }
        expect(counted).toEqual(expected);
      },
    );
  },
);
