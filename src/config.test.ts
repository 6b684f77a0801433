import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskConfig, readConfig } from "./config.ts";

const faultsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(env);
  } catch (error) {
    expect(error).toMatchObject({ code: "http.badRequest" });
    return (error as { details: readonly { path: string }[] }).details.map(({ path }) => path);
  }
  return [];
};

describe("the configuration", () => {
  it("needs nothing: every setting has a default", () => {
    expect(readConfig({})).toMatchObject({
      host: "127.0.0.1",
      port: 4000,
      publicUrl: "http://localhost:4000",
      dataDir: ".clientele",
      postgresUrl: "",
      clickhouseUrl: "",
      durability: "process",
      roles: ["http", "processor", "scheduler", "trainer"],
      defaultCurrency: "USD",
      timezone: "UTC",
      maxEventAgeMs: 1826 * 86_400_000,
      inboxMaxBytes: 256 * 1024 ** 2,
      openDiscovery: false,
      trustProxy: false,
      demo: false,
    });
  });

  it("names every fault at once", () => {
    const env = {
      CLIENTELE_PORT: "70000",
      CLIENTELE_DURABILITY: "eternal",
      CLIENTELE_ROLES: "http,cook",
      CLIENTELE_LOG_LEVEL: "loud",
      CLIENTELE_CURRENCY: "usd",
      CLIENTELE_TIMEZONE: "Mars/Olympus",
      CLIENTELE_POSTGRES_URL: "localhost",
      CLIENTELE_CLICKHOUSE_URL: "nowhere",
      CLIENTELE_PUBLIC_URL: "shop",
      CLIENTELE_MAX_EVENT_AGE: "5 years",
      CLIENTELE_INBOX_MAX: "64",
      CLIENTELE_OPEN_DISCOVERY: "perhaps",
    };
    expect(faultsOf(env).toSorted()).toEqual(Object.keys(env).toSorted());
  });

  it("takes blank settings for absent ones and trims the others", () => {
    expect(
      readConfig({ CLIENTELE_PORT: " ", CLIENTELE_CURRENCY: " EUR ", CLIENTELE_ROLES: "trainer , http" }),
    ).toMatchObject({
      port: 4000,
      defaultCurrency: "EUR",
      roles: ["http", "trainer"],
    });
  });

  it.each([
    ["1ms", 1],
    ["30s", 30_000],
    ["5m", 300_000],
    ["2h", 7_200_000],
    ["10 d", 864_000_000],
    ["0d", 0],
  ])("reads the duration %s", (text, ms) => {
    expect(readConfig({ CLIENTELE_MAX_EVENT_AGE: text }).maxEventAgeMs).toBe(ms);
  });

  it.each([
    ["1B", 1],
    ["2KB", 2_048],
    ["64MB", 67_108_864],
    ["1GB", 1_073_741_824],
  ])("reads the size %s", (text, bytes) => {
    expect(readConfig({ CLIENTELE_INBOX_MAX: text }).inboxMaxBytes).toBe(bytes);
  });

  it.each(["-1s", "1.5h", "1w", "s", "30", "1mb", "1 2s", "1e3s"])("refuses the duration %s", (text) => {
    expect(faultsOf({ CLIENTELE_MAX_EVENT_AGE: text })).toEqual(["CLIENTELE_MAX_EVENT_AGE"]);
  });

  it.each([
    ["true", true],
    ["false", false],
    ["10.0.0.0/8,127.0.0.1", "10.0.0.0/8,127.0.0.1"],
  ])("believes proxies as told: %s", (text, expected) => {
    expect(readConfig({ CLIENTELE_TRUST_PROXY: text }).trustProxy).toBe(expected);
  });

  it("never throws anything but its own error, whatever is set", () => {
    const names = [
      "PORT",
      "ROLES",
      "TIMEZONE",
      "CURRENCY",
      "POSTGRES_URL",
      "MAX_EVENT_AGE",
      "INBOX_MAX",
      "TRUST_PROXY",
    ];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names.map((name) => `CLIENTELE_${name}`)), fc.string()), (env) => {
        faultsOf(env);
      }),
    );
  });
});

describe("the printed configuration", () => {
  it("shows addresses and hides passwords, wherever they stand", () => {
    const masked = maskConfig(
      readConfig({
        CLIENTELE_POSTGRES_URL: "postgres://shop:hunter2@db.example/clientele?sslmode=require",
        CLIENTELE_CLICKHOUSE_URL: "https://ch.example:8443/events?user=app&password=hunter2",
      }),
    );
    expect(JSON.stringify(masked)).not.toContain("hunter2");
    expect(masked).toMatchObject({
      postgresUrl: "postgres://shop:***@db.example/clientele?sslmode=require",
      clickhouseUrl: "https://ch.example:8443/events?user=app&password=***",
    });
  });

  it("leaves what is not set empty", () => {
    expect(maskConfig(readConfig({}))).toMatchObject({ postgresUrl: "", clickhouseUrl: "" });
  });
});
