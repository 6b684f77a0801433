// A payload of the second stream: each event waits for its Edge twin, what is left is stored together.
import type { FastifyRequest } from "fastify";
import { type AcceptRequest, clientFactsOf, type EventReader } from "../../../collect/index.ts";
import { isTrusted } from "../../../http/index.ts";
import { ClienteleError, isObject, plainNumber } from "../../../kernel/index.ts";
import type { Consents } from "../consents.ts";
import type { AdobeEdgeDeps } from "../edge-deps.ts";
import type { EdgeTraffic } from "../edge-traffic.ts";
import { clientKey, sightingOf } from "../sightings.ts";
import { consentOf, identityOf, readState } from "../state.ts";
import type { Twins } from "../twins.ts";
import { listOf, textOf } from "../values.ts";
import { decodeSnowplow, type SnowplowUnit } from "./unit.ts";

export type SnowplowDeps = AdobeEdgeDeps & {
  readonly readSnowplowEvent: EventReader;
  readonly twins: Twins;
  readonly consents: Consents;
  readonly traffic: EdgeTraffic;
};

const maxEvents = 500;

/** What is stored of one event: itself, what it adds to its twin, or nothing. */
async function withoutTwin(
  unit: SnowplowUnit,
  request: AcceptRequest,
  origin: string | undefined,
  deps: SnowplowDeps,
): Promise<SnowplowUnit | undefined> {
  const result = deps.readSnowplowEvent(unit, {
    ...request,
    receivedAt: deps.clock.now(),
    bounds: { maxAgeMs: deps.settings.maxEventAgeMs, correctByDelay: true },
    defaultStoreView: deps.settings.defaultStoreView,
  });
  // The door says what is wrong with it.
  if (!result.ok) return unit;
  const duid = textOf(unit.snowplow["duid"], 512);
  const client = clientKey(request.client ?? {});
  const at = plainNumber(unit.snowplow["dtm"]);
  const sighting = sightingOf(result.event, at, { ecid: unit.ecid, duid, client });
  const verdict = await deps.twins.snowplowArrives(sighting, deps.traffic.expects(origin, result.event.type));
  if (verdict.action === "store") return unit;
  const { of, ofType, fields } = verdict;
  return Object.keys(fields).length === 0 ? undefined : { ...unit, contexts: [], addsTo: { of, ofType, fields } };
}

/**
 * Takes one payload; resolves after the commit, at most the longest wait later.
 *
 * @throws {ClienteleError} `adobe.requestShape`, `collect.busy`
 */
export async function takeSnowplow(request: FastifyRequest, deps: SnowplowDeps): Promise<void> {
  const { body, headers, auth } = request;
  if (!isObject(body) || !Array.isArray(body["data"]))
    throw new ClienteleError("adobe.requestShape", "the payload has no data; send {schema, data: [{e, …}]}");
  const state = readState(headers.cookie, {}, undefined);
  if (consentOf(state, state.orgs) === "out") return;
  const ecid = identityOf(state, state.orgs)?.ecid;
  const client = clientFactsOf(request);
  const frame: AcceptRequest = {
    events: [],
    sentAt: undefined,
    sourceId: auth.sourceId,
    sourceKind: "snowplow",
    trusted: isTrusted(auth),
    provenCustomerId: null,
    client,
  };
  const isOut = (unit: SnowplowUnit): boolean => {
    const duid = textOf(unit.snowplow["duid"], 512);
    return deps.consents.of(ecid ?? (duid === undefined ? undefined : deps.twins.ecidOf(duid))) === "out";
  };
  const units = listOf(body["data"], maxEvents).flatMap((payload) => decodeSnowplow(payload, ecid) ?? []);
  const kept = await Promise.all(
    units.filter((unit) => !isOut(unit)).map((unit) => withoutTwin(unit, frame, headers.origin, deps)),
  );
  const events = kept.filter((unit) => unit !== undefined);
  if (events.length > 0) await deps.accept({ ...frame, events });
}
