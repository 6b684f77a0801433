import { isObject } from "../../../kernel/index.ts";
import type { ShopperArgs } from "../units/shopper.ts";

/** One of the rankers that a unit of the client blends. */
export type Ranker = {
  /** `viewed_viewed` …; `query` ranks by a condition of its own. */
  readonly signal: string;
  readonly keys: readonly string[];
  readonly boost: number;
};

/** A unit that the client made up. */
export type ClientUnit = {
  readonly unitId: string;
  readonly unitName: string;
  readonly limit: number;
  readonly offset: number;
  readonly filterQuery: string;
  readonly rankers: readonly Ranker[];
};

export type PrecsCall = ShopperArgs & {
  /** Where a shop of its own would have its environment: our write key. */
  readonly environmentId: string | undefined;
  readonly storeView: string | undefined;
  readonly pageType: string | undefined;
  readonly units: readonly ClientUnit[];
};

const maxUnits = 50;
const maxLimit = 25;
const maxRankers = 10;
const maxText = 512;

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value.slice(0, maxText) : undefined;
}

function listOf(value: unknown, max: number): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, max) : [];
}

function integerOf(value: unknown, least: number, most: number, fallback: number): number {
  return typeof value === "number" && Number.isFinite(value)
    ? Math.min(most, Math.max(least, Math.trunc(value)))
    : fallback;
}

const texts = (value: unknown): readonly string[] => listOf(value, 100).flatMap((each) => textOf(each) ?? []);

function readRanker(raw: unknown): readonly Ranker[] {
  if (!isObject(raw)) return [];
  const { signal, key, boost } = raw;
  if (typeof signal !== "string") return [];
  const keys = typeof key === "string" ? [key.slice(0, 4_000)] : texts(key);
  return [{ signal: signal.slice(0, 100), keys, boost: typeof boost === "number" && boost > 0 ? boost : 1 }];
}

function readUnit(raw: unknown, at: number): readonly ClientUnit[] {
  if (!isObject(raw)) return [];
  return [
    {
      unitId: textOf(raw["unitId"]) ?? `unit-${at + 1}`,
      unitName: textOf(raw["unitName"]) ?? "",
      limit: integerOf(raw["limit"], 1, maxLimit, 5),
      offset: integerOf(raw["offset"], 0, 100, 0),
      filterQuery: typeof raw["filterQueryString"] === "string" ? raw["filterQueryString"] : "",
      rankers: listOf(raw["rankerBlended"], maxRankers).flatMap(readRanker),
    },
  ];
}

/** Histories come with times, or as SKUs alone, oldest first. */
function readViews(body: Readonly<Record<string, unknown>>): NonNullable<ShopperArgs["userViewHistory"]> {
  const dated = listOf(body["userViewHistory"], 100).flatMap((each) =>
    isObject(each) && typeof each["sku"] === "string" ? [{ sku: each["sku"], date: each["date"] }] : [],
  );
  if (dated.length > 0) return dated;
  return [...texts(body["userViewHistorySkus"])].reverse().map((sku) => ({ sku }));
}

/** Reads the body that every call of the client has. What is missing or of another kind is left out. */
export function readPrecsCall(raw: unknown): PrecsCall {
  const body = isObject(raw) ? raw : {};
  return {
    environmentId: textOf(body["environmentId"]),
    storeView: textOf(body["storeViewCode"])?.slice(0, 100),
    pageType: textOf(body["pageType"]),
    currentSku: textOf(body["currentSku"]) ?? null,
    cartSkus: texts(body["cartSkus"]),
    category: textOf(body["category"]) ?? null,
    userViewHistory: readViews(body),
    userPurchaseHistory: listOf(body["userPurchaseHistory"], 100).flatMap((each) =>
      isObject(each) ? [{ items: texts(each["items"]), date: each["date"] }] : [],
    ),
    units: listOf(body["units"], maxUnits).flatMap(readUnit),
  };
}
