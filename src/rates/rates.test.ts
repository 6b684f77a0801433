import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHttpServer, noAuth } from "../http/index.ts";
import { createFixedClock, createLogger } from "../kernel/index.ts";
import { openTestEngines, type TestEngines } from "../testing/engines.ts";
import { createRateStore, createRates, dayOf } from "./index.ts";
import { createRateTable, dayNumber } from "./rate-table.ts";

const day = (text: string): number => dayNumber(text)!;

describe("the rate table", () => {
  const table = createRateTable([
    { day: "2026-03-02", base: "EUR", currency: "USD", rate: "1.0855" },
    { day: "2026-03-02", base: "EUR", currency: "JPY", rate: "161.2" },
    { day: "2026-03-09", base: "EUR", currency: "USD", rate: "1.10" },
  ]);
  const usd = (minor: number) => ({ minor, currency: "USD" });

  it("converts directly, the other way round and by way of a third currency, half up", () => {
    expect(table.convert({ minor: 100, currency: "EUR" }, "USD", day("2026-03-02"))).toEqual(usd(109));
    expect(table.convert(usd(10_855), "EUR", day("2026-03-02"))).toEqual({ minor: 10_000, currency: "EUR" });
    expect(table.convert(usd(10_000), "JPY", day("2026-03-02"))).toEqual({ minor: 14_850, currency: "JPY" });
    expect(table.convert({ minor: -100, currency: "EUR" }, "USD", day("2026-03-02"))).toEqual(usd(-109));
    expect(table.convert(usd(7), "USD", 0)).toEqual(usd(7));
  });

  it("takes the nearest earlier day, up to seven days back", () => {
    const at = (text: string) => table.convert({ minor: 1_000, currency: "EUR" }, "USD", day(text));
    expect(at("2026-03-01")).toBeUndefined();
    expect(at("2026-03-08")).toEqual(usd(1086));
    expect(at("2026-03-16")).toEqual(usd(1100));
    expect(at("2026-03-17")).toBeUndefined();
    expect(table.convert({ minor: 1_000, currency: "EUR" }, "JPY", day("2026-03-09"))?.minor).toBe(1612);
  });

  it("is exact where floats are not", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        fc.integer({ min: 1, max: 99_999 }),
        (minor, rate) => {
          const text = `${Math.floor(rate / 10_000)}.${String(rate % 10_000).padStart(4, "0")}`;
          const own = createRateTable([{ day: "2026-01-01", base: "AAA", currency: "BBB", rate: text }]);
          const product = BigInt(minor) * BigInt(rate);
          const [sign, size] = product < 0n ? [-1n, -product] : [1n, product];
          expect(own.convertMinor(BigInt(minor), "AAA", "BBB", day("2026-01-01"))).toBe(
            sign * ((size + 5_000n) / 10_000n),
          );
        },
      ),
    );
  });
});

describe("currency rates", () => {
  let engines: TestEngines;
  beforeAll(async () => {
    engines = await openTestEngines(["rates"]);
  });
  afterAll(() => engines.close());

  it("are imported whole or not at all, replaced, and known to another process", async () => {
    const clock = createFixedClock(Date.UTC(2026, 2, 3, 15));
    const deps = { store: createRateStore(engines.postgres), clock, logger: createLogger("silent") };
    const [rates, other] = [createRates(deps), createRates(deps)];
    await Promise.all([rates.start(), other.start()]);
    expect(rates.rateOf("EUR", "USD")).toBeUndefined();
    await expect(
      rates.importRates([
        { day: "2026-03-02", base: "EUR", currency: "USD", rate: "1.08" },
        { day: "2026-02-30", base: "EUR", currency: "USD", rate: "1" },
        { day: "2026-03-02", base: "eur", currency: "USD", rate: "1" },
        { day: "2026-03-02", base: "EUR", currency: "USD", rate: "-1" },
      ]),
    ).rejects.toMatchObject({ code: "rates.invalid", details: [{ path: "/1" }, { path: "/2" }, { path: "/3" }] });
    expect(rates.rateOf("EUR", "USD")).toBeUndefined();
    expect(await rates.importCsv("day,base,currency,rate\n2026-03-02,EUR,USD,1.0855\n2026-03-03,EUR,GBP,0.86\n")).toBe(
      2,
    );
    expect(rates.rateOf("EUR", "USD")).toBe("1.085500000000");
    expect(other.rateOf("EUR", "USD")).toBeUndefined();
    await other.refresh();
    expect(other.convert({ minor: 1_000, currency: "EUR" }, "GBP", dayOf(clock.now()))).toEqual({
      minor: 860,
      currency: "GBP",
    });
    await expect(rates.importCsv('day,base\n"broken')).rejects.toMatchObject({ code: "rates.invalid" });
  });

  it("are stored and read over HTTP", async () => {
    const clock = createFixedClock(Date.UTC(2026, 2, 3));
    const rates = createRates({ store: createRateStore(engines.postgres), clock, logger: createLogger("silent") });
    await rates.start();
    const app = createHttpServer({
      config: { publicUrl: "", openDiscovery: false },
      logger: createLogger("silent"),
      clock,
      authenticate: () => ({
        ...noAuth,
        kind: "token" as const,
        id: "t-1",
        scopes: ["admin" as const, "read" as const],
      }),
    });
    await app.register(rates.routes());
    const rate = { day: "2026-01-05", base: "CHF", currency: "USD", rate: 1.25 };
    const stored = await app.inject({ method: "PUT", url: "/v1/rates", payload: { rates: [rate] } });
    expect([stored.statusCode, stored.json()]).toEqual([200, { stored: 1 }]);
    const read = await app.inject("/v1/rates?from=2026-01-01&to=2026-01-31");
    expect(read.json()).toEqual({ items: [{ ...rate, rate: "1.25" }] });
    const refused = await app.inject({
      method: "PUT",
      url: "/v1/rates",
      payload: { rates: [{ ...rate, base: "USD" }] },
    });
    expect([refused.statusCode, refused.json().error.code]).toEqual([422, "rates.invalid"]);
    await app.close();
  });
});
