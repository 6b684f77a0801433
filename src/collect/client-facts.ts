// What a request tells of its sender beside its body. Addresses are shortened and the user agent is reduced to a device
// class before anything is stored (profiles-and-journeys G.1).
import { isIP } from "node:net";
import type { JsonObject, JsonValue } from "../kernel/index.ts";

export type ClientFacts = {
  readonly ip?: string | undefined;
  readonly userAgent?: string | undefined;
  /** The browser asked not to be sold or shared (GPC) or tracked (DNT). */
  readonly optsOut?: boolean;
};

type RequestLike = {
  readonly ip: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
};

/** Reads the facts of a browser's request. */
export function clientFactsOf(request: RequestLike): ClientFacts {
  const { headers } = request;
  const userAgent = headers["user-agent"];
  return {
    ip: request.ip,
    userAgent: typeof userAgent === "string" ? userAgent.slice(0, 500) : undefined,
    optsOut: headers["sec-gpc"] === "1" || headers["dnt"] === "1",
  };
}

const maxKnownIps = 1_000;
/** Events of one request, and requests of one visitor, come from the same address. */
const knownIps = new Map<string, string | undefined>();

/** IPv4 to its /24, IPv6 to its /48; undefined for anything else. */
export function truncateIp(ip: string): string | undefined {
  if (knownIps.has(ip)) return knownIps.get(ip);
  const truncated = shortenIp(ip);
  if (knownIps.size >= maxKnownIps) knownIps.clear();
  knownIps.set(ip, truncated);
  return truncated;
}

function shortenIp(ip: string): string | undefined {
  const version = isIP(ip);
  if (version === 4) return `${ip.split(".").slice(0, 3).join(".")}.0`;
  if (version !== 6) return undefined;
  const mapped = /^::ffff:(\d+\.\d+\.\d+)\.\d+$/i.exec(ip);
  if (mapped) return `${mapped[1]}.0`;
  const [head = ""] = ip.split("::");
  const groups = head.split(":").filter((group) => group !== "");
  return `${[...groups, "0", "0", "0"].slice(0, 3).join(":")}::`;
}

/** Device class of a user agent; undefined for one that is no browser's. */
export function deviceOf(userAgent: string): "desktop" | "mobile" | "tablet" | undefined {
  if (!/Mozilla|Opera/.test(userAgent)) return undefined;
  if (/iPad|Tablet|PlayBook|Silk|Android(?!.*Mobile)/i.test(userAgent)) return "tablet";
  return /Mobi|iPhone|iPod|Android/i.test(userAgent) ? "mobile" : "desktop";
}

/** The context of an event with what the request itself says, where the client said nothing. */
export function withClientFacts(context: JsonObject, client: ClientFacts | undefined): JsonObject {
  if (!client) return context;
  const ip = client.ip === undefined || "ip" in context ? undefined : truncateIp(client.ip);
  const device = client.userAgent === undefined || "device" in context ? undefined : deviceOf(client.userAgent);
  if (ip === undefined && device === undefined && !client.optsOut) return context;
  // Assigned after one copy: spreading the parts would copy thrice.
  const completed: Record<string, JsonValue> = { ...context };
  if (ip !== undefined) completed["ip"] = ip;
  if (device !== undefined) completed["device"] = device;
  if (client.optsOut) completed["optsOut"] = true;
  return completed;
}
