import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { demoCredentials } from "../access/index.ts";
import { readZip } from "../testing/privacy/read-zip.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const token = { authorization: `Bearer ${demoCredentials.token}` };
let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
  for (const [key, namespace] of [
    ["mails", "email"],
    ["hashed", "email_sha256"],
    ["numbers", "phone"],
    ["customers", "user_id"],
  ] as const)
    expect((await app.call("POST", "/v1/lists", { key, name: key, namespace })).status).toBe(201);
}, 60_000);
afterAll(() => app.close());

async function upload(list: string, values: readonly string[], query = "") {
  const headers = { ...token, "content-type": "text/plain" };
  const { status, body } = await app.call("POST", `/v1/lists/${list}/entries?${query}`, values.join("\n"), headers);
  expect(status).toBe(200);
  return body as { rejected: number; suppressed: number; list: { size: number } };
}
const sizeOf = async (list: string) => (await app.call("GET", `/v1/lists/${list}`)).body["size"];
async function aCustomer(customerId: string, phone: string): Promise<string> {
  await app.sendFromServer([
    { type: "profileRecord", customerId, email: `${customerId}@shop.example`, traits: { phone } },
  ]);
  await app.settle();
  return String((await app.call("GET", `/v1/profiles/by/user_id/${customerId}`)).body["profileId"]);
}
async function erase(profileId: string, mode: string): Promise<void> {
  expect((await app.call("DELETE", `/v1/profiles/${profileId}`, { mode })).status).toBe(202);
  await app.privacy.runRequests();
}
const others = Array.from({ length: 2_000 }, (_, n) => `other-${n}@shop.example`);

describe("an erased person", () => {
  it("leaves every list in which they were, and nobody else does", async () => {
    const profileId = await aCustomer("ada", "+16502530000");
    await upload("mails", ["ada@shop.example", ...others]);
    await upload("hashed", [sha256("ada@shop.example"), sha256("other-1@shop.example")]);
    await upload("customers", ["ada", "bob"]);
    expect(await Promise.all(["mails", "hashed", "customers"].map(sizeOf))).toEqual([2_001, 2, 2]);
    await erase(profileId, "delete");
    expect(await Promise.all(["mails", "hashed", "customers"].map(sizeOf))).toEqual([2_000, 1, 1]);
    // In storage too, not only in the memory of this process.
    const { rows } = await app.engines.postgres.query<{ bytes: number }>(
      "select sum(length(p.entries)) as bytes from audience_list_parts p",
    );
    expect(Number(rows[0]?.bytes)).toBe(8 * 2_002);
    // What was uploaded after the erasure is new: nothing holds it back.
    expect(await upload("customers", ["ada"], "mode=append")).toMatchObject({ suppressed: 0, list: { size: 2 } });
  }, 30_000);

  it("does not come back by the same file while they are suppressed, plain or hashed", async () => {
    const profileId = await aCustomer("bea", "+16502530001");
    const file = ["bea@shop.example", "cleo@shop.example"];
    await upload("mails", file);
    await erase(profileId, "delete_and_suppress");
    expect(await sizeOf("mails")).toBe(1);
    expect(await upload("mails", file)).toMatchObject({ rejected: 0, suppressed: 1, list: { size: 1 } });
    expect(await upload("mails", file.map(sha256), "hashed=true")).toMatchObject({ suppressed: 1, list: { size: 1 } });
    expect(await upload("hashed", file.map(sha256))).toMatchObject({ suppressed: 1, list: { size: 1 } });
    expect(await upload("customers", [sha256("bea")], "hashed=true")).toMatchObject({ suppressed: 1 });
    expect(await upload("customers", ["bea", "x"])).toMatchObject({ suppressed: 1, list: { size: 1 } });

    const lifted = await app.call("POST", "/v1/privacy/suppression/lift", {
      namespace: "email",
      value: "bea@shop.example",
    });
    expect(lifted.status).toBeLessThan(300);
    expect(await upload("hashed", file.map(sha256))).toMatchObject({ suppressed: 0, list: { size: 2 } });
  }, 30_000);
});

it("tells a person in which lists they are", async () => {
  const profileId = await aCustomer("dora", "+16502530002");
  await upload("mails", ["dora@shop.example", "x@shop.example"]);
  await upload("customers", ["dora"]);
  await upload("numbers", ["+16502539999"]);
  const answer = await app.server.inject({ method: "GET", url: `/v1/profiles/${profileId}/export`, headers: token });
  const files = await readZip(answer.rawPayload);
  const lists = String(files.get("uploaded-lists.ndjson") ?? "")
    .trim()
    .split("\n");
  expect(lists.map((line) => JSON.parse(line))).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ list: "mails", namespace: "email" }),
      expect.objectContaining({ list: "customers", namespace: "user_id" }),
    ]),
  );
  expect(lists.length).toBe(2);
});
