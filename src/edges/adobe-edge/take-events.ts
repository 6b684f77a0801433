// The events of one Edge call on their way in: who, consent, one unit each, the twin of the other stream, the door.
import type { FastifyRequest } from "fastify";
import { verifyIdentityToken } from "../../access/index.ts";
import { type AcceptRequest, type CanonicalEvent, clientFactsOf, type RequestFacts } from "../../collect/index.ts";
import { isTrusted } from "../../http/index.ts";
import { ClienteleError, isObject } from "../../kernel/index.ts";
import type { EdgeParts } from "./edge-deps.ts";
import type { EdgeTraffic } from "./edge-traffic.ts";
import { eventProblem, type Problem } from "./problems.ts";
import type { EdgeCall, IncomingEvent } from "./read-call.ts";
import { type CallIdentity, ecidOfMap } from "./resolve-ecid.ts";
import { clientKey, sightingOf } from "./sightings.ts";
import { splitPropositions } from "./split-propositions.ts";
import type { Twins } from "./twins.ts";
import { objectOf } from "./values.ts";
import type { Visits } from "./visits.ts";
import type { XdmUnit } from "./xdm/unit.ts";

export type TakeDeps = EdgeParts & { readonly visits: Visits; readonly twins: Twins; readonly traffic: EdgeTraffic };

export type Caller = {
  readonly request: FastifyRequest;
  readonly call: EdgeCall;
  readonly identity: CallIdentity;
  readonly provenCustomerId: string | null;
};

export type ReadUnit = { readonly unit: XdmUnit; readonly event: CanonicalEvent | null; readonly eventIndex: number };

/**
 * Customer that an identity token proves, sent as `data.clientele.identityToken`.
 *
 * @returns `isRefused` for a token that does not hold: the call goes on without it, a client would give up for good
 */
export function readIdentityToken({
  request,
  events,
  nowMs,
}: {
  request: FastifyRequest;
  events: readonly IncomingEvent[];
  nowMs: number;
}): { readonly customerId: string | null; readonly isRefused: boolean } {
  const token = events
    .map(({ data }) => objectOf(data?.["clientele"])["identityToken"])
    .find((each) => each !== undefined);
  if (token === undefined) return { customerId: null, isRefused: false };
  try {
    const { customerId } = verifyIdentityToken(String(token), request.auth.identitySecret ?? "", nowMs);
    return { customerId, isRefused: false };
  } catch (error) {
    if (error instanceof ClienteleError) return { customerId: null, isRefused: true };
    throw error;
  }
}

/** What the request says about its events; the same for reading ahead and for the door. */
function acceptRequestOf({ request, call, provenCustomerId }: Caller, events: readonly unknown[]): AcceptRequest {
  const { auth } = request;
  const trusted = isTrusted(auth);
  return {
    events,
    sentAt: undefined,
    sourceId: auth.sourceId,
    sourceKind: call.version === 2 ? "server" : "edge",
    trusted,
    provenCustomerId,
    ...(trusted ? {} : { client: clientFactsOf(request) }),
  };
}

function factsOf(caller: Caller, { clock, settings }: EdgeParts): RequestFacts {
  const { events: _events, ...facts } = acceptRequestOf(caller, []);
  return {
    ...facts,
    receivedAt: clock.now(),
    bounds: { maxAgeMs: settings.maxEventAgeMs, correctByDelay: !facts.trusted },
    defaultStoreView: settings.defaultStoreView,
    defaultCountry: settings.defaultCountry,
  };
}

/** One unit an event, complete in itself; proposition events one each. */
export function toUnits(caller: Caller, events: readonly IncomingEvent[], { visits }: TakeDeps) {
  const { call, identity, request } = caller;
  const kept = identity.cookie?.ecid;
  return events.flatMap(({ xdm, data }, index) => {
    const ecid = ecidOfMap(xdm["identityMap"]) ?? identity.ecid;
    const visit = visits.of(ecid);
    const unit: XdmUnit = {
      xdm,
      index,
      ...(data ? { data: withoutToken(data) } : {}),
      ...(ecid === undefined ? {} : { ecid }),
      ...(kept !== undefined && kept !== ecid ? { otherEcid: kept } : {}),
      ...(call.clientRequestId === undefined ? {} : { requestId: call.clientRequestId }),
      ...(call.isMobile ? { isMobile: true } : {}),
      ...(visit ? { visit } : {}),
      ...(call.version === 1 ? { isBrowser: true } : {}),
    };
    const parts = splitPropositions(unit, {
      secret: request.auth.identitySecret ?? "",
      pageView: visits.pageViewOf(ecid),
    });
    return parts.map((part) => ({ unit: part, eventIndex: index }));
  });
}

/** A token is a secret while it lives: it is not stored with the event. */
function withoutToken(data: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { clientele, ...rest } = data;
  if (!isObject(clientele)) return data;
  const { identityToken: _token, ...ours } = clientele;
  return Object.keys(ours).length > 0 ? { ...rest, clientele: ours } : rest;
}

/** Reads units as they will be stored, and remembers what later events of the browser may leave out. */
export function readUnits(
  caller: Caller,
  units: readonly { readonly unit: XdmUnit; readonly eventIndex: number }[],
  deps: TakeDeps,
): readonly ReadUnit[] {
  const facts = factsOf(caller, deps);
  return units.map(({ unit, eventIndex }) => {
    const result = deps.readXdmEvent(unit, facts);
    if (!result.ok) return { unit, event: null, eventIndex };
    deps.visits.observe(unit.ecid, unit, result.event);
    const { event } = result;
    // An id that was made up is fixed here, so that a twin that comes later can name it.
    const isMadeUp = event.messageId.startsWith("srv-");
    return { unit: isMadeUp ? { ...unit, messageId: event.messageId } : unit, event, eventIndex };
  });
}

/**
 * Stores units; resolves after the commit.
 *
 * @returns the faults of single events
 * @throws {ClienteleError} `collect.busy`
 */
export async function storeUnits(
  caller: Caller,
  units: readonly ReadUnit[],
  deps: TakeDeps,
): Promise<readonly Problem[]> {
  if (units.length === 0) return [];
  const client = clientKey(clientFactsOf(caller.request));
  deps.traffic.saw(
    caller.request.headers.origin,
    units.flatMap(({ event }) => event?.type ?? []),
  );
  let settle: (stored: boolean) => void = () => undefined;
  const stored = new Promise<boolean>((resolve) => {
    settle = resolve;
  });
  const events = units.map(({ unit, event }) => {
    if (event === null || caller.call.version === 2) return unit;
    const twin = deps.twins.edgeArrives(sightingOf(event, unit.xdm["timestamp"], { ecid: unit.ecid, client }), stored);
    return twin ? { ...unit, twin } : unit;
  });
  try {
    const { rejected } = await deps.accept(acceptRequestOf(caller, events));
    settle(true);
    return rejected.map(({ index, code, message }) =>
      eventProblem(code, message, caller.call.requestId, units[index]?.eventIndex ?? 0),
    );
  } catch (error) {
    settle(false);
    throw error;
  }
}
