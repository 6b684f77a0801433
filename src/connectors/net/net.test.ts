import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTargetServer, type TargetServer } from "../../testing/connectors/target-server.ts";
import { createHttpClient } from "./http-client.ts";
import { parseListing } from "./s3-client.ts";
import { checkTarget, isPrivateAddress } from "./target-guard.ts";

describe("addresses of this machine and its network", () => {
  it("are known in every clothing", () => {
    for (const address of [
      "127.0.0.1",
      "10.1.2.3",
      "172.31.255.255",
      "192.168.0.1",
      "169.254.169.254",
      "100.64.0.1",
      "0.0.0.0",
      "255.255.255.255",
      "::1",
      "::",
      "::ffff:10.0.0.1",
      "::ffff:7f00:1",
      "64:ff9b::a00:1",
      "2002:a00:1::",
      "fe80::1%eth0",
      "fd00::1",
      "ff02::1",
    ])
      expect([address, isPrivateAddress(address)]).toEqual([address, true]);
    for (const address of ["8.8.8.8", "172.32.0.1", "2606:4700::1111", "example.org", ""])
      expect([address, isPrivateAddress(address)]).toEqual([address, false]);
  });

  it("are refused as targets, as are other schemes and credentials", () => {
    for (const url of [
      "http://localhost/",
      "http://a.localhost/",
      "http://LOCALHOST./",
      "http://0x7f.1/",
      "http://2130706433/",
      "http://[::ffff:127.0.0.1]/",
      "file:///etc/passwd",
      "gopher://x/",
      "https://user:pw@example.org/",
      "not a url",
      "",
    ])
      expect(() => checkTarget(url, false), url).toThrow(expect.objectContaining({ code: "connectors.badTarget" }));
    expect(checkTarget("https://example.org/in", false).host).toBe("example.org");
    expect(checkTarget("http://10.0.0.1/in", true).host).toBe("10.0.0.1");
  });
});

describe("the client", () => {
  let server: TargetServer;
  beforeAll(async () => {
    server = await startTargetServer();
  });
  afterAll(() => server.close());
  const call = { method: "POST" as const, body: "x", timeoutMs: 5_000 };

  it("looks at the address behind a name at the moment of connecting", async () => {
    const guarded = createHttpClient({ allowPrivateTargets: false });
    // A name that a check of the text alone would let through.
    const name = new URL(server.url);
    name.hostname = "localtest.invalid";
    await expect(guarded.send({ ...call, url: server.url })).rejects.toMatchObject({ code: "connectors.badTarget" });
    await expect(guarded.send({ ...call, url: name.toString() })).rejects.toMatchObject({
      code: "connectors.unreachable",
    });
    expect(server.seen).toEqual([]);
    guarded.close();
  });

  it("follows no redirect, reads no endless answer, and waits no longer than it may", async () => {
    const client = createHttpClient({ allowPrivateTargets: true, maxAnswerBytes: 100 });
    server.answerWith(() => ({ status: 302, headers: { location: "http://example.org/" } }));
    expect((await client.send({ ...call, url: server.url })).status).toBe(302);
    server.answerWith(() => ({ status: 200, body: "y".repeat(1_000_000) }));
    expect((await client.send({ ...call, url: server.url })).body).toHaveLength(100);
    server.answerWith(() => "hang");
    const started = performance.now();
    await expect(client.send({ ...call, url: server.url, timeoutMs: 200 })).rejects.toMatchObject({
      code: "connectors.unreachable",
    });
    expect(performance.now() - started).toBeLessThan(5_000);
    client.close();
  });
});

it("reads a bucket's listing, escapes included, and passes over what it does not know", () => {
  const xml = `<ListBucketResult><Contents><Key>a&amp;b &#x2F;c.csv</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"e1"</ETag><Size>12</Size></Contents>
    <Contents><Key>broken</Key><LastModified>never</LastModified></Contents><NextContinuationToken>t==</NextContinuationToken></ListBucketResult>`;
  expect(parseListing(xml)).toEqual({
    objects: [{ key: "a&b /c.csv", etag: "e1", size: 12, modifiedAt: Date.parse("2026-01-01T00:00:00Z") }],
    next: "t==",
  });
  expect(parseListing("nonsense")).toEqual({ objects: [] });
});
