// Which ECID a call has (events.md 2.2), first match: the event's identity map, the call's, the browser's state, a first-party
// id, a new one.
import { ClienteleError } from "../../kernel/index.ts";
import { ecidOfFpid, isEcid, mintEcid } from "./ecid.ts";
import { ecidSources, type IdentityCookie } from "./identity-cookie.ts";
import type { Loose } from "./values.ts";
import { idOf, readIdentityMap } from "./xdm/identity-map.ts";

export type CallIdentity = {
  /** Absent where none came and none may be made. */
  readonly ecid?: string;
  readonly source: number;
  /** What the browser keeps, if it is readable. */
  readonly cookie?: IdentityCookie;
};

export type IdentityQuestion = {
  readonly events: readonly Loose[];
  /** Identity map of the call itself: a legacy or link identity, or that of set-consent. */
  readonly map: unknown;
  readonly cookie: IdentityCookie | undefined;
  readonly fpidCookie: string | undefined;
  /** Org that first-party ids belong to. */
  readonly org: string;
  readonly mayMint: boolean;
};

/**
 * The ECID that an identity map names; undefined for none, or for the zeros that the collector writes for none.
 *
 * @throws {ClienteleError} `adobe.ecid`
 */
export function ecidOfMap(map: unknown): string | undefined {
  const given = idOf(readIdentityMap(map), "ecid");
  if (given === undefined || /^0+$/.test(given)) return undefined;
  if (!isEcid(given)) throw new ClienteleError("adobe.ecid", "the ECID of an identityMap is not 38 decimal digits");
  return given;
}

/** @throws {ClienteleError} `adobe.ecid` */
export function resolveEcid({ events, map, cookie, fpidCookie, org, mayMint }: IdentityQuestion): CallIdentity {
  const kept = cookie ? { cookie } : {};
  const eventMaps = events.map((xdm) => xdm["identityMap"]);
  const received = [...eventMaps, map].map(ecidOfMap).find((ecid) => ecid !== undefined);
  if (received !== undefined) return { ecid: received, source: ecidSources.received, ...kept };
  if (cookie) return { ecid: cookie.ecid, source: cookie.source, cookie };
  const fpid = [...eventMaps, map].map((each) => idOf(readIdentityMap(each), "fpid")).find(Boolean) ?? fpidCookie;
  if (fpid) return { ecid: ecidOfFpid(org, fpid), source: ecidSources.fpid };
  return mayMint ? { ecid: mintEcid(), source: ecidSources.random } : { source: ecidSources.random };
}
