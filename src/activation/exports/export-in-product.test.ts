import { createHash } from "node:crypto";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../../access/index.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const granted = { consent: { categoryPreferences: { marketing: true, advertising: true } } };
let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
  await app.publish("audience", "buyers", {
    rule: { attribute: { path: "profile.orders_count", op: "gte", value: 1 } },
  });
  await app.audiences.settled();
  const person = (customerId: string, traits: object, context: object = granted) => [
    { type: "profileRecord", customerId, email: `${customerId}@shop.example`, traits, context },
    {
      type: "orderPlaced",
      customerId,
      properties: { orderId: customerId, orderTotal: { minor: 1_250, currency: "USD" } },
    },
  ];
  await app.sendFromServer([
    ...person("ada", { firstName: "Ada", phone: "+16502530000", address: { postalCode: "10001", country: "US" } }),
    ...person("bob", { firstName: '=HYPERLINK("http://evil")', lastName: "Bo, Jr." }),
    ...person("cy", { firstName: "Cy" }, {}),
    ...person("dan", { firstName: "Dan" }),
  ]);
  await app.settle();
}, 60_000);
afterAll(() => app.close());

const download = (query: string, token: string = demoCredentials.token) =>
  app.call("GET", `/v1/audiences/buyers/export.csv?${query}`, undefined, { authorization: `Bearer ${token}` });
async function rowsOf(query: string): Promise<Record<string, string>[]> {
  const { status, body } = await download(query);
  expect(status).toBe(200);
  const rows = parse(String(body["text"]), { columns: true }) as Record<string, string>[];
  return rows.toSorted((a, b) => (String(a["email"]) < String(b["email"]) ? -1 : 1));
}
const emailsOf = async (query: string) => (await rowsOf(`columns=email&${query}`)).map(({ email }) => email);
async function auditOf(action: string): Promise<Record<string, unknown>[]> {
  const { body } = await app.call("GET", `/v1/audit?action=${action}`);
  return body["items"] as Record<string, unknown>[];
}

describe("an export of an audience", () => {
  it("has the columns asked for and only those who allowed it, and starts no formula", async () => {
    expect(await rowsOf("columns=email,first_name,last_name,trait.orders_count,version")).toEqual([
      { email: "ada@shop.example", first_name: "Ada", last_name: "", "trait.orders_count": "1", version: "1" },
      {
        email: "bob@shop.example",
        first_name: `'=HYPERLINK("http://evil")`,
        last_name: "Bo, Jr.",
        "trait.orders_count": "1",
        version: "1",
      },
      { email: "dan@shop.example", first_name: "Dan", last_name: "", "trait.orders_count": "1", version: "1" },
    ]);
    expect(await emailsOf("consent=necessary")).toContain("cy@shop.example");
  });

  it("is hashed and named as the advertising systems take it", async () => {
    const rows = await rowsOf("hash=google&columns=email,first_name,country,zip");
    expect(rows).toContainEqual({
      Email: sha256("ada@shop.example"),
      "First Name": sha256("ada"),
      Country: "US",
      Zip: "10001",
    });
    expect(JSON.stringify(await rowsOf("hash=meta"))).not.toContain("shop.example");
  });

  it("is a file that no cache keeps", async () => {
    const { headers } = await download("");
    expect(headers).toMatchObject({
      "content-type": expect.stringContaining("text/csv"),
      "content-disposition": 'attachment; filename="buyers-plain.csv"',
      "cache-control": "no-store",
    });
  });

  it("never has a suppressed or erased person", async () => {
    const profile = await app.call("GET", "/v1/profiles/by/user_id/bob");
    const erased = await app.call("GET", "/v1/profiles/by/user_id/dan");
    await app.call("DELETE", `/v1/profiles/${String(profile.body["profileId"])}`, { mode: "suppress" });
    await app.call("DELETE", `/v1/profiles/${String(erased.body["profileId"])}`, { mode: "delete" });
    await app.privacy.runRequests();
    expect(await emailsOf("consent=necessary")).toEqual(["ada@shop.example", "cy@shop.example"]);
  }, 30_000);

  it("is in the audit trail with its columns before it leaves, and with its counts after", async () => {
    await download("columns=email&consent=marketing:email");
    await expect.poll(async () => (await auditOf("audience.exported")).length).toBeGreaterThan(0);
    const [begun] = await auditOf("audience.export");
    expect(begun).toMatchObject({
      objectKind: "audience",
      objectId: app.audiences.idOf("buyers"),
      after: { format: "plain", columns: ["email"], consent: "marketing:email" },
    });
    await expect
      .poll(async () => (await auditOf("audience.exported"))[0])
      .toMatchObject({
        requestId: begun?.["requestId"],
        after: { members: 3, written: 1, withheld: 2, isComplete: true },
      });
    expect((await app.call("GET", "/v1/audit/check")).body).toMatchObject({ ok: true });
  });

  it("needs the scope personal-data", async () => {
    const made = await app.call("POST", "/v1/keys", {
      kind: "token",
      name: "reader",
      scopes: ["read", "edit", "publish", "admin"],
    });
    expect((await download("", String(made.body["secret"] ?? made.body["key"]))).status).toBe(403);
    expect((await download("", demoCredentials.writeKey)).status).toBe(403);
  });

  it("is refused with what is wrong, and then leaves no trace of having been made", async () => {
    const before = (await auditOf("audience.export")).length;
    for (const [query, code] of [
      ["columns=email,nonsense", "activation.badColumn"],
      ["hash=google&columns=trait.tier", "activation.badColumn"],
      ["consent=%3Dx", "activation.badConsent"],
      ["hash=md5", "http.badRequest"],
    ] as const)
      expect((await download(query)).body).toMatchObject({ error: { code } });
    expect((await app.call("GET", "/v1/audiences/nobody/export.csv")).status).toBe(404);
    expect((await auditOf("audience.export")).length).toBe(before);
  });
});
