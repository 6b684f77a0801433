import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashToUnit, minorDigits as serverDigits } from "../../src/kernel/index.ts";
import { inFixtures } from "../../src/testing/folders.ts";
import { budgetBytes, buildSdk } from "../build.mjs";
import { bucket } from "./bucket.ts";
import { formatMoney, minorDigits } from "./price.ts";
import { queueLimits, retryDelayMs } from "./queue.ts";
import { safeUrl } from "./sanitize.ts";
import { createSafeStore } from "./storage.ts";
import { parseRetryAfter } from "./transport.ts";
import { version } from "./version.ts";

const readJson = (path: string | URL) => JSON.parse(readFileSync(path, "utf8"));

describe("bucket", () => {
  const { cases } = readJson(new URL("../../conformance/bucketing.json", import.meta.url));

  it("gives the points of the conformance cases, in the browser and on the server", () => {
    expect(cases.length).toBeGreaterThan(50);
    for (const { seed, value, bucket: expected } of cases) {
      expect([seed, value, bucket(seed, value)]).toEqual([seed, value, expected]);
      expect([seed, value, hashToUnit(seed, value)]).toEqual([seed, value, expected]);
    }
  });

  it("agrees with the server for any text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.string({ unit: "binary" }),
        (seed, value) => bucket(seed, value) === hashToUnit(seed, value),
      ),
    );
  });

  const fixture = inFixtures("experiments/hashing.json");
  it.skipIf(!existsSync(fixture))("gives the points of the published hashing cases", () => {
    const published = readJson(fixture).cases.filter(
      (one: { kind: string; input: { version: number } }) => one.kind === "hash" && one.input.version === 2,
    );
    expect(published.length).toBeGreaterThan(0);
    for (const { input, expect: wanted } of published) expect(bucket(input.seed, input.value)).toBe(wanted.bucket);
  });
});

describe("prices", () => {
  it("knows the minor units that the server knows", () => {
    for (const currency of Intl.supportedValuesOf("currency"))
      expect([currency, minorDigits(currency)]).toEqual([currency, serverDigits(currency)]);
  });

  it("writes amounts for readers of a locale", () => {
    expect(formatMoney({ minor: 123456, currency: "USD" }, "en-US")).toBe("$1,234.56");
    expect(formatMoney({ minor: 123456, currency: "EUR" }, "de-DE")).toBe("1.234,56\u00a0€");
    expect(formatMoney({ minor: 1500, currency: "JPY" }, "en-US")).toBe("¥1,500");
    expect(formatMoney({ minor: 1500, currency: "KWD" }, "en-US")).toBe("KWD\u00a01.500");
    expect(formatMoney({ minor: 1999, currency: "USD" }, "not a locale")).toBe("19.99 USD");
  });
});

describe("retries", () => {
  it("doubles the wait up to five minutes, with half of it left to chance", () => {
    expect([1, 2, 3, 4].map((attempt) => retryDelayMs(attempt, 1))).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(retryDelayMs(3, 0)).toBe(2_000);
    expect(retryDelayMs(1_000, 1)).toBe(queueLimits.longestRetryMs);
  });

  it("reads Retry-After as seconds or as a date", () => {
    const now = Date.UTC(2026, 0, 1);
    expect(parseRetryAfter("3", now)).toBe(3_000);
    expect(parseRetryAfter("Thu, 01 Jan 2026 00:00:10 GMT", now)).toBe(10_000);
    expect(parseRetryAfter("Wed, 31 Dec 2025 23:59:00 GMT", now)).toBe(0);
    expect(parseRetryAfter("soon", now)).toBeUndefined();
    expect(parseRetryAfter(null, now)).toBeUndefined();
  });
});

describe("safeUrl", () => {
  it("passes http, https, mailto, tel and relative addresses", () => {
    for (const url of [
      "https://a.test/",
      "http://a.test",
      "//a.test/x",
      "/x",
      "x.html",
      "?q=1",
      "#top",
      "mailto:a@b.test",
      "tel:+1",
    ])
      expect(safeUrl(url)).toBe(url);
    expect(safeUrl("mailto:a@b.test", "resource")).toBeUndefined();
  });

  it("refuses every other scheme, however it is written", () => {
    for (const url of [
      "javascript:x",
      " javascript:x",
      "java\nscript:x",
      "\u0000javascript:x",
      "JAVASCRIPT:x",
      "data:text/html,x",
      "blob:x",
      "file:///x",
      "ftp://x",
      "http://[",
    ]) {
      expect(safeUrl(url)).toBeUndefined();
    }
  });
});

describe("state in storage", () => {
  const full: Storage = {
    length: 1,
    key: () => "clientele.x",
    getItem: () => "{broken",
    setItem: () => {
      throw new DOMException("full", "QuotaExceededError");
    },
    removeItem: () => undefined,
    clear: () => undefined,
  };

  it("takes a full or damaged storage for an empty one", () => {
    const store = createSafeStore(full);
    expect(store.read("clientele.x")).toBeUndefined();
    expect(store.write("clientele.x", 1)).toBe(false);
    expect(store.keys("clientele.")).toEqual(["clientele.x"]);
  });
});

describe("the bundles", () => {
  it("stay within the size budget, depend on nothing and carry the version of the package", async () => {
    const directory = await mkdtemp(join(tmpdir(), "clientele-size-"));
    const bundles = await buildSdk(directory);
    for (const { path, gzipBytes } of bundles) {
      expect(gzipBytes).toBeLessThanOrEqual(budgetBytes);
      expect(await readFile(path, "utf8")).not.toMatch(/\bimport\s*[{"'*]|require\(/);
    }
    const [module = "", script = ""] = bundles.map(({ path }) => path);
    const global: { clientele?: object } = {};
    new Function("globalThis", await readFile(script, "utf8"))(global);
    expect(Object.keys(global.clientele ?? {}).sort()).toEqual(Object.keys(await import(module)).sort());
    await rm(directory, { recursive: true });
    const { version: packaged, dependencies } = readJson(new URL("../package.json", import.meta.url));
    expect([version, dependencies]).toEqual([packaged, undefined]);
  });
});
