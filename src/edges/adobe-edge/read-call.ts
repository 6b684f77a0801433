// What a request to the Edge says, whatever its version: events, questions, state.
import type { FastifyRequest } from "fastify";
import { ClienteleError, isObject, newId } from "../../kernel/index.ts";
import { type PersonalizationQuery, readPersonalizationQuery } from "./personalize.ts";
import { type BrowserState, cookieOrg, identityOf, readState } from "./state.ts";
import { type Loose, listOf, objectOf, textOf } from "./values.ts";

export type IncomingEvent = {
  readonly xdm: Loose;
  readonly data?: Loose;
  readonly query?: PersonalizationQuery;
};

export type EdgeCall = {
  readonly requestId: string;
  /** The id that the client chose, which tells its repeats apart; absent when it chose none. */
  readonly clientRequestId?: string;
  readonly configId?: string;
  readonly version: 1 | 2;
  readonly body: Loose;
  readonly state: BrowserState;
  /** The client keeps state: it says where, or sends cookies. */
  readonly keepsState: boolean;
  /** Orgs whose entries are answered. */
  readonly orgs: readonly string[];
  readonly asksForEcid: boolean;
  readonly isMobile: boolean;
};

const maxEvents = 1_000;
const maxId = 200;

function queryText(request: FastifyRequest, ...names: readonly string[]): string | undefined {
  const query = objectOf(request.query);
  return names.map((name) => textOf(query[name], 1_000)).find((value) => value !== undefined);
}

/** The datastream id of a call, which is a write key of ours. */
export function datastreamOf(request: FastifyRequest): string | undefined {
  return queryText(request, "configId", "dataStreamId", "datastreamId");
}

export function requestIdOf(request: FastifyRequest): string | undefined {
  const given = queryText(request, "requestId", "requestid");
  // It is echoed in a header: printable characters only.
  return given !== undefined && given.length <= maxId && /^[\x21-\x7e]+$/.test(given) ? given : undefined;
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}

/**
 * @param configuredOrgs org ids answered to a browser that names none yet
 * @throws {ClienteleError} `adobe.requestShape`
 */
export function readCall(request: FastifyRequest, version: 1 | 2, configuredOrgs: readonly string[]): EdgeCall {
  if (!isObject(request.body)) throw new ClienteleError("adobe.requestShape", "the body must be a JSON object");
  const body: Loose = request.body;
  const meta = objectOf(body["meta"]);
  const state = readState(headerOf(request, "cookie"), meta, headerOf(request, "x-gw-ims-org-id"));
  const clientRequestId = requestIdOf(request);
  const configId = datastreamOf(request);
  const fetch = objectOf(objectOf(body["query"])["identity"])["fetch"];
  const orgs =
    state.orgs.length > 0 ? state.orgs : [...new Set([...configuredOrgs.map(cookieOrg), ...state.olderOrgs])];
  return {
    requestId: clientRequestId ?? newId(),
    ...(clientRequestId === undefined ? {} : { clientRequestId }),
    ...(configId === undefined ? {} : { configId }),
    version,
    body,
    state,
    keepsState: version === 1 || isObject(meta["state"]) || identityOf(state, orgs) !== undefined,
    orgs,
    asksForEcid: Array.isArray(fetch) ? fetch.includes("ECID") : true,
    isMobile: headerOf(request, "sec-ch-ua-mobile") === "?1",
  };
}

/**
 * Events of a call: `events`, or the one `event` of the server API, whose questions stand beside it.
 *
 * @throws {ClienteleError} `adobe.requestShape`
 */
export function readEvents({ body }: EdgeCall): readonly IncomingEvent[] {
  const single = body["event"];
  const list = isObject(single) ? [single] : body["events"];
  if (!Array.isArray(list) || list.length === 0)
    throw new ClienteleError("adobe.requestShape", "the body has no events; send {events: [{xdm: {…}}]}");
  return listOf(list, maxEvents).map((value, at) => {
    if (!isObject(value)) throw new ClienteleError("adobe.requestShape", `event ${at} is not an object`);
    const query =
      readPersonalizationQuery(value["query"]) ?? (at === 0 ? readPersonalizationQuery(body["query"]) : undefined);
    return {
      xdm: objectOf(value["xdm"]),
      ...(isObject(value["data"]) ? { data: value["data"] } : {}),
      ...(query ? { query } : {}),
    };
  });
}
