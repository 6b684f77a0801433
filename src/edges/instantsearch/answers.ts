// The answers to the requests of the protocol, whatever path they come by.
import { setImmediate } from "node:timers/promises";
import type { FastifyRequest } from "fastify";
import { withPrices } from "../../catalog/index.ts";
import { ClienteleError, isObject } from "../../kernel/index.ts";
import { answerFacetQuery } from "./answer-facet-query.ts";
import { recordOf } from "./answer-objects.ts";
import { answerQuery, type QueryAnswer } from "./answer-query.ts";
import { answerRecommendation, recommendParams } from "./answer-recommendations.ts";
import { answerSuggestions, isSuggestionsIndex } from "./answer-suggestions.ts";
import type { InstantSearchDeps } from "./instantsearch-deps.ts";
import type { SearchNotes } from "./note-searches.ts";
import { type RawParams, rawParams } from "./search-params.ts";
import { textOf } from "./values.ts";
import { createVisits, type Visit } from "./visits.ts";

/** As many as the protocol allows in one request. */
const maxQueries = 50;
const maxNameLength = 256;

// A request may hold fifty queries, and searching is synchronous: others get their turn between them.
const nextTurn = () => setImmediate();

function requestsOf({ body }: FastifyRequest): readonly unknown[] {
  const requests = isObject(body) ? body["requests"] : undefined;
  if (!Array.isArray(requests)) throw badRequest("send {requests: [{indexName, …}]}");
  if (requests.length > maxQueries) throw badRequest(`at most ${maxQueries} requests at once`);
  return requests;
}

/** One function for each kind of path. @throws {ClienteleError} `instantsearch.*` for what cannot be read */
export function createAnswers(deps: InstantSearchDeps, notes: SearchNotes) {
  const visits = createVisits(deps, notes);
  /** A product by its id is told to anybody: at the prices of who is not signed in. */
  const openSnapshot = () =>
    withPrices(deps.catalog.current(), deps.pricesOf?.({ profile: null, storeView: deps.settings.defaultStoreView }));
  const queryDeps = () => ({ answerList: deps.answerList, snapshot: deps.catalog.current() });

  async function answerIndex(visit: Visit, indexName: string, raw: RawParams): Promise<QueryAnswer> {
    if (isSuggestionsIndex(indexName)) return answerSuggestions(deps.suggest, indexName, raw);
    const scope = await visit.scopeOf(raw);
    return answerQuery({ ...queryDeps(), onShown: visit.onShownOf(raw) }, indexName, raw, scope);
  }

  async function answerFacet(visit: Visit, indexName: string, facet: string, raw: RawParams): Promise<QueryAnswer> {
    return { ...answerFacetQuery(queryDeps(), { indexName, facet, raw }, await visit.scopeOf(raw)) };
  }

  async function answerOne(visit: Visit, request: unknown): Promise<QueryAnswer> {
    const raw = rawParams(request);
    const indexName = textOf(raw["indexName"], maxNameLength);
    if (indexName === undefined) throw badRequest("each of requests needs indexName");
    if (raw["type"] !== "facet") return answerIndex(visit, indexName, raw);
    const facet = textOf(raw["facet"], maxNameLength);
    if (facet === undefined) throw badRequest("a request of type facet needs facet");
    return answerFacet(visit, indexName, facet, raw);
  }

  async function recommendAll(http: FastifyRequest): Promise<{ results: readonly QueryAnswer[] }> {
    const visit = visits.open(http);
    const results: QueryAnswer[] = [];
    for (const request of requestsOf(http)) {
      if (results.length > 0) await nextTurn();
      const scope = await visit.scopeOf(recommendParams(request));
      results.push(answerRecommendation({ ...deps, snapshot: deps.catalog.current() }, request, scope));
    }
    return { results };
  }

  async function answerAll(http: FastifyRequest): Promise<{ results: readonly QueryAnswer[] }> {
    const requests = requestsOf(http);
    const visit = visits.open(http);
    const stops = isObject(http.body) && http.body["strategy"] === "stopIfEnoughMatches";
    const results: QueryAnswer[] = [];
    let hasEnough = false;
    for (const request of requests) {
      if (results.length > 0) await nextTurn();
      results.push(hasEnough ? notProcessed(request) : await answerOne(visit, request));
      hasEnough ||= stops && hasFullPage(results.at(-1));
    }
    return { results };
  }

  return {
    all: answerAll,
    recommendations: recommendAll,
    objects: (http: FastifyRequest) => {
      const snapshot = openSnapshot();
      return { results: requestsOf(http).map((request) => recordOf(snapshot, request)) };
    },
    object: (objectID: string) => {
      const record = recordOf(openSnapshot(), { objectID });
      if (record) return record;
      throw new ClienteleError("http.notFound", "ObjectID does not exist");
    },
    index: (http: FastifyRequest, indexName: string, raw: RawParams) =>
      answerIndex(visits.open(http), checked(indexName), raw),
    facet: (http: FastifyRequest, indexName: string, facet: string, raw: RawParams) =>
      answerFacet(visits.open(http), checked(indexName), checked(facet), raw),
  };
}

function badRequest(message: string): ClienteleError {
  return new ClienteleError("instantsearch.badRequest", message);
}

function checked(name: string): string {
  if (name !== "" && name.length <= maxNameLength) return name;
  throw badRequest(`a name in the path has 1 to ${maxNameLength} characters`);
}

function hasFullPage(answer: QueryAnswer | undefined): boolean {
  const { nbHits, hitsPerPage } = answer ?? {};
  return typeof nbHits === "number" && typeof hitsPerPage === "number" && hitsPerPage > 0 && nbHits >= hitsPerPage;
}

function notProcessed(request: unknown): QueryAnswer {
  return { hits: [], nbHits: 0, processed: false, index: textOf(rawParams(request)["indexName"], maxNameLength) ?? "" };
}
