// interact and collect: events in, and for interact what the shopper sees.
import type { FastifyRequest } from "fastify";
import type { CanonicalEvent } from "../../collect/index.ts";
import { isTrusted } from "../../http/index.ts";
import { ClienteleError } from "../../kernel/index.ts";
import { emptyState, type FoundProfile, type IdentityClaim, usableProfile } from "../../profiles/index.ts";
import { activationPayload, attributesOf } from "./activation.ts";
import { type Answer, toAnswer } from "./answer.ts";
import { type Consents, type General, profileRefuses, statedBy } from "./consents.ts";
import { placementsOf, toPropositions } from "./personalize.ts";
import { optedOutWarning, type Problem, tokenWarning } from "./problems.ts";
import { type EdgeCall, type IncomingEvent, readEvents } from "./read-call.ts";
import { type CallIdentity, resolveEcid } from "./resolve-ecid.ts";
import { consentOf, cookieOrg, identityOf } from "./state.ts";
import {
  type Caller,
  type ReadUnit,
  readIdentityToken,
  readUnits,
  storeUnits,
  type TakeDeps,
  toUnits,
} from "./take-events.ts";
import { objectOf, textOf } from "./values.ts";
import { readIdentityMap } from "./xdm/identity-map.ts";
import { skusOf } from "./xdm/read-xdm-event.ts";
import type { XdmUnit } from "./xdm/unit.ts";

export type HandleDeps = TakeDeps & { readonly consents: Consents };

/**
 * The server API names exactly one primary identity an event; an ECID of the browser's state stands in for none.
 *
 * @throws {ClienteleError} `adobe.primaryIdentity`
 */
function assertPrimaryIdentity(events: readonly IncomingEvent[], identity: CallIdentity): void {
  for (const [at, { xdm }] of events.entries()) {
    const count = readIdentityMap(xdm["identityMap"]).filter(({ isPrimary }) => isPrimary).length;
    if (count === 1 || (count === 0 && identity.cookie)) continue;
    throw new ClienteleError(
      "adobe.primaryIdentity",
      `event ${at} has ${count} primary identities; exactly one entry of its identityMap must have primary: true`,
    );
  }
}

/** Who a call is, and what its browser keeps. `map` is the identity map of the call itself. */
export function identify(
  call: EdgeCall,
  events: readonly IncomingEvent[],
  map: unknown,
  deps: HandleDeps,
  mayMint: boolean,
) {
  const { fpidCookie, orgIds } = deps.settings;
  const [org = cookieOrg(orgIds[0] ?? "")] = call.orgs;
  return resolveEcid({
    events: events.map(({ xdm }) => xdm),
    map,
    cookie: identityOf(call.state, call.orgs),
    fpidCookie: fpidCookie === "" ? undefined : call.state.cookie(fpidCookie),
    org,
    mayMint,
  });
}

function claimOf(event: CanonicalEvent | null, identity: CallIdentity, isServer: boolean): IdentityClaim {
  const devices = identity.ecid === undefined ? [] : [{ namespace: "ecid", value: identity.ecid }];
  if (!isServer || !event) return { devices };
  const idIn = (namespace: string) => event.identifiers.find((id) => id.namespace === namespace)?.value;
  return {
    customerId: idIn("user_id"),
    email: idIn("email"),
    anonymousId: idIn("anonymous_id"),
    devices: [...devices, ...event.identifiers],
  };
}

/** The visitor with the events of this call, which are not in the profile yet. */
function withOwnEvents(found: FoundProfile, events: readonly CanonicalEvent[], deps: HandleDeps): FoundProfile {
  if (!found.ok && found.reason === "identity_not_verified") return found;
  const now = deps.clock.now();
  const nobody = { profileId: "", version: 0, createdAt: now, identifiers: [], state: emptyState(now) };
  return { ok: true, profile: deps.withEvents(found.ok ? found.profile : nobody, events), by: "events" };
}

async function decideFor(
  request: FastifyRequest,
  found: FoundProfile,
  incoming: readonly IncomingEvent[],
  events: readonly (CanonicalEvent | undefined)[],
  { identity, secret }: { readonly identity: CallIdentity; readonly secret: string },
  deps: HandleDeps,
) {
  const propositions: { readonly eventIndex: number; readonly payload: ReturnType<typeof toPropositions> }[] = [];
  for (const [eventIndex, { query }] of incoming.entries()) {
    if (!query) continue;
    const event = events[eventIndex];
    const placements = placementsOf(query, query.isPageWide ? deps.domPlacements() : []);
    const { decisions } = await deps.decide(found, {
      placements,
      storeView: event?.storeView ?? deps.settings.defaultStoreView,
      context: event?.context ?? {},
      cart: null,
      items: event ? skusOf(event.properties).slice(0, 50) : [],
      categoryPath: textOf(event?.properties["categoryPath"]) ?? null,
      explain: false,
      asOf: null,
      preview: false,
      identityKey: identity.ecid === undefined ? "" : `ecid:${identity.ecid}`,
      // The cart is the one of the events, whoever sent them.
      caller: { isTrusted: false, ip: request.ip },
    });
    propositions.push({ eventIndex, payload: toPropositions(query, decisions, { ecid: identity.ecid ?? "", secret }) });
  }
  return propositions;
}

function activationFor(
  request: FastifyRequest,
  found: FoundProfile,
  { call, identity }: Pick<Caller, "call" | "identity">,
  deps: HandleDeps,
) {
  const profile = usableProfile(found);
  const { auth } = request;
  // A browser is nobody's proof: only a token that may read persons gets attributes.
  const mayRead = call.version === 2 && auth.kind !== "write-key" && auth.scopes.includes("personal-data");
  const audienceKeys = profile ? deps.audienceKeysOf(profile) : [];
  // A server needs no proof of what it was told.
  const isCarried = call.version === 1 && identity.ecid !== undefined;
  return activationPayload({
    sourceId: auth.sourceId,
    audienceKeys,
    signature: isCarried ? deps.signSegments?.(auth, `ecid:${identity.ecid}`, audienceKeys) : undefined,
    ...(profile && mayRead ? { attributes: attributesOf(profile) } : {}),
  });
}

/** The decision that an opting-out event carries is kept; the event is not. */
function consentUnits(caller: Caller, events: readonly IncomingEvent[], categories: Readonly<Record<string, boolean>>) {
  const { identity, call } = caller;
  const xdm = objectOf(events[0]?.xdm);
  const unit: XdmUnit = {
    xdm: { eventType: "consentUpdated", identityMap: xdm["identityMap"] ?? {}, timestamp: xdm["timestamp"] },
    index: 0,
    consent: categories,
    ...(identity.ecid === undefined ? {} : { ecid: identity.ecid }),
    ...(call.clientRequestId === undefined ? {} : { messageId: `${call.clientRequestId}:consent` }),
  };
  return [{ unit, eventIndex: 0 }];
}

type Taken = {
  readonly caller: Caller;
  readonly events: readonly IncomingEvent[];
  readonly general: General | undefined;
  readonly isOut: boolean;
  /** What the events themselves decided; to be kept by the browser. */
  readonly stated: General | null;
  readonly found: FoundProfile | null;
  readonly units: readonly ReadUnit[];
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
};

async function take(request: FastifyRequest, call: EdgeCall, deps: HandleDeps, looksUp: boolean): Promise<Taken> {
  const events = readEvents(call);
  const isBrowser = call.version === 1;
  const kept = isBrowser ? consentOf(call.state, call.orgs) : undefined;
  const identity = identify(
    call,
    events,
    objectOf(call.body["xdm"])["identityMap"],
    deps,
    isBrowser && looksUp && kept !== "out",
  );
  if (!isBrowser) assertPrimaryIdentity(events, identity);
  const token = readIdentityToken({ request, events, nowMs: deps.clock.now() });
  const caller: Caller = { request, call, identity, provenCustomerId: token.customerId };
  const warnings = token.isRefused ? [tokenWarning(call.requestId)] : [];
  const decision = isBrowser ? statedBy(events) : undefined;
  const stated = decision?.general ?? null;
  deps.consents.remember(identity.ecid, stated);
  const general = stated ?? deps.consents.of(identity.ecid) ?? kept;
  const base = { caller, events, general, stated, warnings };
  if (isBrowser && general === "out") {
    const units = decision ? readUnits(caller, consentUnits(caller, events, decision.categories), deps) : [];
    return { ...base, isOut: true, found: null, units: [], errors: await storeUnits(caller, units, deps) };
  }
  const units = readUnits(caller, toUnits(caller, events, deps), deps);
  const own = units.flatMap(({ event }) => event ?? []);
  const trusted = isTrusted(request.auth) && request.auth.kind !== "write-key";
  const found = looksUp
    ? await deps.find(claimOf(own[0] ?? null, identity, !isBrowser), { trusted, provenCustomerId: token.customerId })
    : null;
  if (isBrowser && found && general !== "in" && profileRefuses(found))
    return { ...base, general: "out", isOut: true, found: null, units: [], errors: [] };
  const errors = await storeUnits(caller, units, deps);
  return { ...base, isOut: false, found: found && withOwnEvents(found, own, deps), units, errors };
}

/** interact: stores the events and answers who the shopper is and what they see. */
export async function interact(request: FastifyRequest, call: EdgeCall, deps: HandleDeps): Promise<Answer> {
  const { caller, events, isOut, stated, found, units, errors, warnings } = await take(request, call, deps, true);
  const parts = { call, identity: caller.identity, nowMs: deps.clock.now(), errors };
  if (isOut || !found) {
    return toAnswer({
      ...parts,
      isSilent: true,
      consent: "out",
      warnings: [...warnings, optedOutWarning(call.requestId)],
    });
  }
  const firstOf = events.map((_, index) => units.find(({ eventIndex }) => eventIndex === index)?.event ?? undefined);
  const secret = request.auth.identitySecret ?? "";
  return toAnswer({
    ...parts,
    warnings,
    consent: stated ?? undefined,
    propositions: await decideFor(request, found, events, firstOf, { identity: caller.identity, secret }, deps),
    activation: activationFor(request, found, caller, deps),
  });
}

/** collect: stores the events and answers nothing. @returns faults of single events */
export async function collect(request: FastifyRequest, call: EdgeCall, deps: HandleDeps): Promise<readonly Problem[]> {
  return (await take(request, call, deps, false)).errors;
}
