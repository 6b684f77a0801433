// One event of the Commerce collector's second stream, decoded: the tracker's fields, the contexts, and whose browser it is.
import { isObject, type JsonObject } from "../../../kernel/index.ts";
import { type Loose, listOf, objectOf, textOf } from "../values.ts";

export type SnowplowContext = { readonly schema: string; readonly data: Loose };

export type SnowplowUnit = {
  /** Fields of the tracker as they came, without what is decoded below. */
  readonly snowplow: Loose;
  readonly contexts: readonly SnowplowContext[];
  /** The self-describing event of `e=ue`. */
  readonly event?: SnowplowContext;
  /** From the identity cookie, where the request brings it. */
  readonly ecid?: string;
  /** The event only adds to one that came by the Edge. */
  readonly addsTo?: { readonly of: string; readonly ofType: string; readonly fields: JsonObject };
};

const maxEncoded = 300_000;
const maxContexts = 200;
const entity = /^iglu:[\w.-]{1,200}\/([\w-]{1,100})\//;
// Says how fast the page came, in twenty numbers, on every ping.
const leftOut = "PerformanceTiming";

function decodeJson(value: unknown): unknown {
  if (typeof value !== "string" || value.length > maxEncoded) return undefined;
  try {
    return JSON.parse(Buffer.from(value, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}

function parseJson(value: unknown): unknown {
  if (typeof value !== "string" || value.length > maxEncoded) return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

function readContext(value: unknown): SnowplowContext | undefined {
  const { schema, data } = objectOf(value);
  return typeof schema === "string" && isObject(data) ? { schema: schema.slice(0, 300), data } : undefined;
}

/** Name of an entity: `iglu:com.adobe.magento.entity/product/jsonschema/3-0-0` is `product`. */
export function entityOf({ schema }: SnowplowContext): string {
  return entity.exec(schema)?.[1] ?? "";
}

/** Decodes one element of a payload; undefined for what is no event. */
export function decodeSnowplow(payload: unknown, ecid: string | undefined): SnowplowUnit | undefined {
  if (!isObject(payload) || textOf(payload["e"], 10) === undefined) return undefined;
  const { cx, co, ue_px: encodedEvent, ue_pr: plainEvent, ...snowplow } = payload;
  const contexts = objectOf(decodeJson(cx) ?? parseJson(co))["data"];
  const event = readContext(objectOf(decodeJson(encodedEvent) ?? parseJson(plainEvent))["data"]);
  return {
    snowplow,
    contexts: listOf(contexts, maxContexts)
      .map(readContext)
      .filter((context) => context !== undefined)
      .filter((context) => entityOf(context) !== leftOut),
    ...(event ? { event } : {}),
    ...(ecid === undefined ? {} : { ecid }),
  };
}

export function isSnowplowUnit(raw: unknown): raw is SnowplowUnit {
  return isObject(raw) && isObject(raw["snowplow"]) && Array.isArray(raw["contexts"]);
}
