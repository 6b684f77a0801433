import { afterAll, beforeAll, expect, it } from "vitest";
import { systemClock } from "../kernel/index.ts";
import type { TestEngines } from "../testing/engines.ts";
import { openPrivacyEngines, type PrivacyApp, startPrivacyApp } from "../testing/privacy/privacy-app.ts";

let engines: TestEngines;
let app: PrivacyApp;
let other: PrivacyApp;

beforeAll(async () => {
  engines = await openPrivacyEngines({ postgres: "server" });
  app = await startPrivacyApp(engines, { clock: systemClock });
  other = await startPrivacyApp(engines, { clock: systemClock });
}, 120_000);
afterAll(async () => {
  await other.close();
  await app.close();
  await engines.close();
});

/** Tables of PostgreSQL with a row that holds the text. */
async function tablesWith(text: string): Promise<readonly string[]> {
  const { rows } = await engines.postgres.query<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE' order by 1",
  );
  const found: string[] = [];
  for (const { name } of rows) {
    const { rows: hits } = await engines.postgres.query(`select 1 from "${name}" t where t::text ilike $1 limit 1`, [
      `%${text}%`,
    ]);
    if (hits.length > 0) found.push(name);
  }
  return found;
}

it("erases a person from a PostgreSQL server, whichever process is asked, and drops them at every door", async () => {
  await app.sendFromServer([
    {
      type: "profileRecord",
      customerId: "canary-1",
      anonymousId: "canary-device",
      email: "canary@example.com",
      traits: { firstName: "Canary" },
      context: { consent: { categoryPreferences: { marketing: true }, proof: "canary" } },
    },
    {
      type: "orderPlaced",
      customerId: "canary-1",
      properties: { orderId: "o-1", orderTotal: { minor: 1, currency: "EUR" } },
    },
  ]);
  await app.send([{ type: "", anonymousId: "canary-device", properties: { text: "lost" } }]);
  await app.settle();
  const { body } = await other.profileBy("user_id", "canary-1");
  expect(await tablesWith("canary")).toEqual(
    expect.arrayContaining(["consent_history", "dead_letters", "identifiers", "profiles"]),
  );

  const asked = await other.call("DELETE", `/v1/profiles/${String(body["profileId"])}`, {
    mode: "delete_and_suppress",
  });
  // Both try; one of them does it.
  await Promise.all([app.privacy.runRequests(), other.privacy.runRequests()]);

  const done = await app.call("GET", `/v1/privacy/requests/${asked.body["requestId"]}`);
  expect(done.body).toMatchObject({ status: "finished" });
  expect(await tablesWith("canary")).toEqual([]);
  const rows = await engines.clickhouse.query("select identity_key, order_id, properties from events final");
  expect(rows).toMatchObject([{ identity_key: "", order_id: "o-1" }]);
  await expect.poll(() => other.door.suppression.isSuppressed({ namespace: "user_id", value: "canary-1" })).toBe(true);
  await Promise.all(
    [app, other].map((each) => each.send([{ type: "pageView", customerId: "canary-1", anonymousId: "canary-device" }])),
  );
  await app.settle();
  expect(await tablesWith("canary")).toEqual([]);
  expect(await app.access.audit.verify()).toMatchObject({ ok: true });
}, 60_000);
