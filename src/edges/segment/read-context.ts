// Context of a message → ours. Addresses are shortened and the user agent is reduced to a device class before anything is
// stored (profiles-and-journeys G.1).
import { deviceOf, truncateIp } from "../../collect/index.ts";
import { isObject, type JsonObject, type JsonValue } from "../../kernel/index.ts";
import { objectOf, textOf } from "./values.ts";

const deviceClasses: Readonly<Record<string, string>> = {
  desktop: "desktop",
  mobile: "mobile",
  tablet: "tablet",
  ios: "mobile",
  android: "mobile",
};
const pageKeys = ["url", "path", "title", "referrer", "search"] as const;

/** Device class in our words; what else is known of the device stays beside it. */
function readDevice(context: JsonObject): JsonObject {
  const { device, userAgent } = context;
  if (typeof device === "string") return { device };
  const details = objectOf(device);
  const named = textOf(details["type"])?.toLowerCase() ?? "";
  const deviceClass = Object.hasOwn(deviceClasses, named)
    ? deviceClasses[named]
    : typeof userAgent === "string"
      ? deviceOf(userAgent.slice(0, 500))
      : undefined;
  const isOnlyClass = Object.keys(details).length === 0 || (Object.keys(details).length === 1 && named === deviceClass);
  return {
    ...(deviceClass === undefined ? {} : { device: deviceClass }),
    ...(isOnlyClass ? {} : { deviceDetails: details }),
  };
}

/** The page of a page call, whose own properties win over the context's. */
function readPage(context: JsonObject, properties: JsonObject | undefined): JsonObject {
  const page = { ...objectOf(context["page"]) } as Record<string, JsonValue>;
  for (const key of properties === undefined ? [] : pageKeys) {
    const value = properties?.[key];
    if (value !== undefined && value !== null) page[key] = value;
  }
  return Object.keys(page).length === 0 ? {} : { page };
}

/** @param pageProperties properties of a page or screen call */
export function readContext(message: Record<string, unknown>, pageProperties?: JsonObject): JsonObject {
  const given = objectOf(message["context"]);
  const { userAgent: _userAgent, ip, device: _device, page: _page, ...rest } = given;
  const shortIp = typeof ip === "string" ? truncateIp(ip) : undefined;
  const channel = textOf(message["channel"]);
  const { sessionId } = given;
  return {
    ...rest,
    ...readPage(given, pageProperties),
    ...readDevice(given),
    ...(shortIp === undefined ? {} : { ip: shortIp }),
    ...(typeof sessionId === "number" ? { sessionId: String(sessionId) } : {}),
    ...(channel === undefined || rest["channel"] !== undefined ? {} : { channel }),
  };
}

/** Properties of a page call without what is in the page of its context already. */
export function withoutPage(properties: JsonObject, page: JsonValue | undefined): JsonObject {
  if (!isObject(page)) return properties;
  return Object.fromEntries(
    Object.entries(properties).filter(
      ([key, value]) => !pageKeys.some((known) => known === key) || value !== page[key],
    ),
  ) as JsonObject;
}
