// What a browser keeps for the Edge: `kndctr_<ORG>_<name>` cookies, or the same in `meta.state.entries` where the Edge is
// no first party of the page. Several orgs may share a browser.
import { parseCookie } from "cookie";
import type { FastifyRequest } from "fastify";
import type { Identifier } from "../../collect/index.ts";
import { decodeIdentityCookie, type IdentityCookie } from "./identity-cookie.ts";
import { type Loose, listOf, objectOf } from "./values.ts";

export type StateEntry = {
  readonly key: string;
  readonly value: string;
  /** Seconds. */
  readonly maxAge: number;
  readonly attrs: { readonly SameSite: "None" };
};

export type BrowserState = {
  /** Orgs in the form of cookie names (`…_AdobeOrg`) that the request names, at most 5; empty on a first visit. */
  readonly orgs: readonly string[];
  /** Orgs of an older library's cookies: the client may belong to another one. */
  readonly olderOrgs: readonly string[];
  readonly valueOf: (org: string, name: StateName) => string | undefined;
  /** A cookie by its own name. */
  readonly cookie: (name: string) => string | undefined;
};

type StateName = "identity" | "consent" | "cluster";

const maxAgeSeconds: Readonly<Record<StateName, number>> = {
  identity: 34_128_000,
  consent: 15_552_000,
  cluster: 1_800,
};
const maxOrgs = 5;
const maxEntries = 100;
const maxCookieBytes = 32_768;
const stateName = /^kndctr_([\w.-]{1,100}?)_(identity|consent|cluster|consent_check)$/;
const legacyName = /^AMCV_([\w.-]{1,100}?)(?:%40|@)AdobeOrg$/;
const orgPattern = /^[\w.@-]{1,100}$/;

/** The org id as cookie names hold it. */
export function cookieOrg(orgId: string): string {
  return orgId.replace("@", "_");
}

function readCookies(header: string | undefined): Loose {
  if (header === undefined || header.length > maxCookieBytes) return {};
  return parseCookie(header);
}

function readEntries(meta: Loose): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const entry of listOf(objectOf(meta["state"])["entries"], maxEntries)) {
    const { key, value } = objectOf(entry);
    if (typeof key === "string" && typeof value === "string") found.set(key, value);
  }
  return found;
}

/** @param namedOrg `x-gw-ims-org-id`, which wins over what cookies name */
export function readState(cookieHeader: string | undefined, meta: Loose, namedOrg: string | undefined): BrowserState {
  const cookies = readCookies(cookieHeader);
  const entries = readEntries(meta);
  const named = namedOrg !== undefined && orgPattern.test(namedOrg) ? [cookieOrg(namedOrg)] : [];
  const names = [...Object.keys(cookies), ...entries.keys()];
  const orgsOf = (pattern: RegExp, suffix = "") =>
    [...new Set(names.flatMap((name) => pattern.exec(name)?.[1]?.concat(suffix) ?? []))].slice(0, maxOrgs);
  const cookie = (name: string): string | undefined => {
    const value = Object.hasOwn(cookies, name) ? cookies[name] : undefined;
    return typeof value === "string" ? value : undefined;
  };
  return {
    orgs: named.length > 0 ? named : orgsOf(stateName),
    olderOrgs: orgsOf(legacyName, "_AdobeOrg"),
    cookie,
    valueOf: (org, name) => cookie(`kndctr_${org}_${name}`) ?? entries.get(`kndctr_${org}_${name}`),
  };
}

/** The identity that the browser keeps for the first of the orgs that has a readable one. */
export function identityOf(state: BrowserState, orgs: readonly string[]): IdentityCookie | undefined {
  for (const org of orgs) {
    const value = state.valueOf(org, "identity");
    const identity = value === undefined ? undefined : decodeIdentityCookie(value);
    if (identity) return identity;
  }
  return undefined;
}

/** The ECID that the browser's own cookie tells, for routes outside the protocol. */
export function adobeDevicesOf({ headers }: FastifyRequest): readonly Identifier[] {
  if (!headers.cookie?.includes("kndctr_")) return [];
  const state = readState(headers.cookie, {}, undefined);
  const ecid = identityOf(state, state.orgs)?.ecid;
  return ecid === undefined ? [] : [{ namespace: "ecid", value: ecid }];
}

/** `in` or `out` as the browser keeps it; the stricter one when orgs differ. */
export function consentOf(state: BrowserState, orgs: readonly string[]): "in" | "out" | undefined {
  const values = orgs.map((org) => /(?:^|[;&])general=(in|out)/.exec(state.valueOf(org, "consent") ?? "")?.[1]);
  if (values.includes("out")) return "out";
  return values.includes("in") ? "in" : undefined;
}

export function stateEntry(org: string, name: StateName, value: string): StateEntry {
  return { key: `kndctr_${org}_${name}`, value, maxAge: maxAgeSeconds[name], attrs: { SameSite: "None" } };
}
