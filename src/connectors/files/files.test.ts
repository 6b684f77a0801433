import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../kernel/index.ts";
import { s3Bucket, s3Credentials, startS3Server } from "../../testing/connectors/s3-server.ts";
import { type SourcesApp, sourceCapabilities, startSourcesApp } from "../../testing/connectors/sources-app.ts";
import { openTestEngines, type TestEngines } from "../../testing/engines.ts";
import { createNameFilter } from "./drop-place.ts";

let engines: TestEngines;
let app: SourcesApp;
beforeAll(async () => {
  engines = await openTestEngines(sourceCapabilities);
  app = await startSourcesApp(engines, systemClock);
});
afterAll(async () => {
  await app.close();
  await engines.close();
});
beforeEach(() => {
  app.events.length = 0;
});

const mapping = {
  kind: "customer",
  fields: { externalId: "no", "customer.id": "no", "personalEmail.address": "mail", "person.name.firstName": "first" },
};
let number = 0;
const unique = (name: string) => `${name}-${++number}`;
const make = async (config: object = {}, secrets: object = {}) => {
  const key = unique("files");
  mkdirSync(join(app.dropDir, key));
  const location = { kind: "folder", path: key };
  await app.make(key, { type: "files", location, mapping, settleSeconds: 0, system: "crm", ...config }, secrets);
  return key;
};
const drop = (key: string, name: string, content: string | Buffer) =>
  writeFileSync(join(app.dropDir, key, name), content);
const people = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => `${from + index},p${from + index}@example.org,P${from + index}`);
const csv = (rows: readonly string[]) => `no,mail,first\n${rows.join("\n")}\n`;

describe("a drop folder", () => {
  it("is read file by file, each once, and files move when they are done", async () => {
    const key = await make({ pattern: "*.csv*" });
    drop(key, "a.csv", csv(people(1, 3)));
    drop(key, "b.csv.gz", gzipSync(csv(people(4, 2))));
    drop(key, "notes.txt", "not ours");
    const run = await app.run(key);
    expect(run).toMatchObject({ read: 5, written: 5, rejected: 0, unchanged: 0, state: "finished", error: null });
    expect(app.events.map(({ type }) => type)).toEqual(Array(5).fill("profileRecord"));
    expect(app.events.map(({ identifiers }) => identifiers[0])).toContainEqual({
      namespace: `customer_id:${key}`,
      value: "1",
    });
    expect(readdirSync(join(app.dropDir, key)).sort()).toEqual(["done", "notes.txt"]);
    expect(readdirSync(join(app.dropDir, key, "done")).sort()).toEqual(["a.csv", "b.csv.gz"]);
    expect(await app.run(key)).toMatchObject({ read: 0 });
  });

  it("changes nothing for records that come again, and takes those that changed", async () => {
    const key = await make({ after: "keep" });
    drop(
      key,
      "all.ndjson",
      '{"no":1,"mail":"x@example.org","first":"X"}\n{"no":2,"mail":"y@example.org","first":"Y"}\n',
    );
    expect(await app.run(key)).toMatchObject({ written: 2 });
    expect(await app.run(key)).toMatchObject({ read: 0 });
    drop(
      key,
      "all.ndjson",
      '{"no":1,"mail":"x@example.org","first":"X"}\n{"no":2,"mail":"y@example.org","first":"Yves"}\n',
    );
    expect(await app.run(key)).toMatchObject({ read: 2, written: 1, unchanged: 1 });
    expect(app.events).toHaveLength(3);
  });

  it("says which row it could not take and why, and takes the others", async () => {
    const key = await make();
    drop(key, "a.csv", csv(["1,a@example.org,A", "2,b@example.org", ",,", "4,d@example.org,D"]));
    const run = await app.run(key);
    expect(run).toMatchObject({ written: 2, rejected: 2, state: "finished" });
    expect(run.faults.map(({ where }: { where: string }) => where)).toEqual(["a.csv:3", "a.csv:4"]);
  });

  it("puts a file aside that cannot be read", async () => {
    const key = await make({ pattern: "*.gz" });
    drop(key, "cut.csv.gz", gzipSync(csv(people(1, 500))).subarray(0, 300));
    drop(key, "good.csv.gz", gzipSync(csv(people(1, 2))));
    const run = await app.run(key);
    expect(run.state).toBe("finished");
    expect(run.error).toContain("cut.csv.gz");
    expect(existsSync(join(app.dropDir, key, "failed", "cut.csv.gz"))).toBe(true);
    expect(existsSync(join(app.dropDir, key, "done", "good.csv.gz"))).toBe(true);
  });

  it("goes on after the last part that is stored, and counts nothing twice", async () => {
    const key = await make();
    drop(key, "big.csv", csv(people(1, 1_200)));
    let parts = 0;
    app.breakDoor(() => ++parts > 1);
    expect(await app.run(key)).toMatchObject({ state: "failed", written: 500 });
    app.breakDoor(false);
    expect(await app.run(key)).toMatchObject({ state: "finished", read: 700, written: 700 });
    expect(new Set(app.events.map(({ messageId }) => messageId)).size).toBe(1_200);
    expect(app.events).toHaveLength(1_200);
  });

  it("never leaves the drop folder", async () => {
    const outside = mkdtempSync(join(tmpdir(), "clientele-outside-"));
    writeFileSync(join(outside, "secret.csv"), csv(people(1, 1)));
    for (const path of ["../..", "/etc", "a/../../b"]) {
      const key = unique("escape");
      const body = { key, name: key, config: { type: "files", location: { kind: "folder", path }, mapping } };
      const answer = await app.call("POST", "/v1/sources", body);
      expect([path, answer.status]).toEqual([path, 422]);
    }
    const key = await make();
    symlinkSync(join(outside, "secret.csv"), join(app.dropDir, key, "link.csv"));
    expect(await app.run(key)).toMatchObject({ read: 0, state: "finished" });
    rmSync(join(app.dropDir, key), { recursive: true });
    symlinkSync(outside, join(app.dropDir, key));
    expect(await app.run(key)).toMatchObject({ read: 0, state: "failed" });
    rmSync(outside, { recursive: true });
  });

  it("leaves a file alone that may still be written", async () => {
    const key = await make({ settleSeconds: 3_600 });
    drop(key, "a.csv", csv(people(1, 1)));
    expect(await app.run(key)).toMatchObject({ read: 0 });
  });
});

describe("a bucket", () => {
  it("is listed over several pages, read with signed requests, and its files move", async () => {
    const bucket = await startS3Server();
    const location = { kind: "s3", endpoint: bucket.url, bucket: s3Bucket, prefix: "in coming/".replace(" ", "-") };
    const key = await make({ location, pattern: "*.csv" }, s3Credentials);
    const names = ["a b.csv", "c+d.csv", "é.csv", "x&y.csv", "z.csv"];
    for (const [index, name] of names.entries()) bucket.put(`in-coming/${name}`, csv(people(index * 10, 2)));
    bucket.put("in-coming/deeper/not.csv", csv(people(900, 2)));
    expect((await app.call("POST", `/v1/sources/${key}/test`)).body).toEqual({
      ok: true,
      message: "5 files fit the pattern",
    });
    expect(await app.run(key)).toMatchObject({ read: 10, written: 10, state: "finished", error: null });
    expect([...bucket.objects.keys()].sort()).toEqual(
      ["in-coming/deeper/not.csv", ...names.map((name) => `in-coming/done/${name}`)].sort(),
    );
    expect(bucket.refusals).toEqual([]);
    await bucket.close();
  });

  it("says what the other side says when it refuses", async () => {
    const bucket = await startS3Server();
    const location = { kind: "s3", endpoint: bucket.url, bucket: s3Bucket };
    const key = await make({ location }, { ...s3Credentials, secretAccessKey: "wrong" });
    expect((await app.call("POST", `/v1/sources/${key}/test`)).body).toMatchObject({ ok: false });
    const run = await app.run(key);
    expect(run).toMatchObject({ state: "failed" });
    expect(run.error).toContain("403 SignatureDoesNotMatch");
    await bucket.close();
    expect((await app.run(key)).error).toContain("does not answer");
  });
});

it("matches names as a pattern of letters and stars does", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
  const names = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
  fc.assert(
    fc.property(letters, names, (pattern, name) => {
      const naive = new RegExp(`^${pattern.replaceAll("*", ".*")}$`);
      expect(createNameFilter(pattern)(name)).toBe(naive.test(name));
    }),
  );
});
