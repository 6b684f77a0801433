// The HTTP face that algoliasearch, InstantSearch and search-insights speak.
import { setImmediate } from "node:timers/promises";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { acceptJsonAs } from "../../http/index.ts";
import { ClienteleError, isObject } from "../../kernel/index.ts";
import { answerFacetQuery } from "./answer-facet-query.ts";
import { recordOf } from "./answer-objects.ts";
import { answerQuery, type QueryAnswer } from "./answer-query.ts";
import { answerRecommendation, recommendParams } from "./answer-recommendations.ts";
import { answerSuggestions, isSuggestionsIndex } from "./answer-suggestions.ts";
import { sendAlgoliaError } from "./error-answer.ts";
import { createInsightsRoutes } from "./insights-routes.ts";
import type { InstantSearchDeps } from "./instantsearch-deps.ts";
import { createSearchNotes, type SearchNotes } from "./note-searches.ts";
import { writeKeyOf } from "./read-key.ts";
import { type RawParams, rawParams } from "./search-params.ts";
import { textOf } from "./values.ts";
import { createVisits, type Visit } from "./visits.ts";

// A request may hold fifty queries, and searching is synchronous: others get their turn between them.
const nextTurn = () => setImmediate();

const tags = ["Algolia protocol"];
/** As many as the protocol allows in one request. */
const maxQueries = 50;
const maxNameLength = 256;

const Loose = Type.Record(Type.String(), Type.Unknown());
const Failed = Type.Object(
  { message: Type.String(), status: Type.Integer(), code: Type.String(), id: Type.String() },
  { description: "The request failed" },
);
const IndexPath = Type.Object({ index: Type.String({ maxLength: 1_000 }) });
const FacetPath = Type.Object({ index: Type.String({ maxLength: 1_000 }), facet: Type.String({ maxLength: 1_000 }) });
const ObjectPath = Type.Object({ index: Type.String(), objectID: Type.String({ maxLength: 1_000 }) });
const response = { 200: Loose, "4xx": Failed, 503: Failed };
// Read by hand: the protocol takes a value in several forms.
const anyBody = () => () => true;
const config = { access: "discovery", writeKeyFrom: writeKeyOf, quiet: true } as const;

function requestsOf({ body }: FastifyRequest): readonly unknown[] {
  const requests = isObject(body) ? body["requests"] : undefined;
  if (!Array.isArray(requests)) throw badRequest("send {requests: [{indexName, …}]}");
  if (requests.length > maxQueries) throw badRequest(`at most ${maxQueries} requests at once`);
  return requests;
}

/** Answers to the requests of the protocol, one by one. */
function createAnswers(deps: InstantSearchDeps, notes: SearchNotes) {
  const visits = createVisits(deps, notes);
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
      const snapshot = deps.catalog.current();
      return { results: requestsOf(http).map((request) => recordOf(snapshot, request)) };
    },
    object: (objectID: string) => {
      const record = recordOf(deps.catalog.current(), { objectID });
      if (record) return record;
      throw new ClienteleError("http.notFound", "ObjectID does not exist");
    },
    index: (http: FastifyRequest, indexName: string, raw: RawParams) =>
      answerIndex(visits.open(http), checked(indexName), raw),
    facet: (http: FastifyRequest, indexName: string, facet: string, raw: RawParams) =>
      answerFacet(visits.open(http), checked(indexName), checked(facet), raw),
  };
}

/** Every path of the Algolia protocol that shops and their pages use. */
export function createInstantSearchRoutes(deps: InstantSearchDeps): FastifyPluginAsyncTypebox {
  return async (app) => {
    const notes = createSearchNotes({ accept: deps.accept, clock: deps.clock, logger: app.log });
    app.addHook("onClose", notes.close);
    const answers = createAnswers(deps, notes);
    app.setErrorHandler(sendAlgoliaError);
    // Browser clients of earlier versions name their JSON a form, which needs no preflight.
    acceptJsonAs(app, ["application/x-www-form-urlencoded"]);
    app.post(
      "/1/indexes/:index/queries",
      {
        config,
        validatorCompiler: anyBody,
        schema: {
          tags,
          summary: "Answer several queries: /1/indexes/*/queries",
          params: IndexPath,
          body: Loose,
          response,
        },
      },
      (request) => answers.all(request),
    );
    app.post(
      "/1/indexes/:index/query",
      {
        config,
        validatorCompiler: anyBody,
        schema: { tags, summary: "Answer one query", params: IndexPath, body: Loose, response },
      },
      (request) => answers.index(request, request.params.index, rawParams(request.body)),
    );
    app.get(
      "/1/indexes/:index",
      {
        config,
        validatorCompiler: anyBody,
        schema: { tags, summary: "Answer one query", params: IndexPath, response },
      },
      (request) => answers.index(request, request.params.index, rawParams(request.query)),
    );
    app.post(
      "/1/indexes/:index/facets/:facet/query",
      {
        config,
        validatorCompiler: anyBody,
        schema: { tags, summary: "Search the values of a facet", params: FacetPath, body: Loose, response },
      },
      (request) => answers.facet(request, request.params.index, request.params.facet, rawParams(request.body)),
    );
    app.post(
      "/1/indexes/:index/recommendations",
      {
        config,
        validatorCompiler: anyBody,
        schema: { tags, summary: "Recommend: /1/indexes/*/recommendations", params: IndexPath, body: Loose, response },
      },
      (request) => answers.recommendations(request),
    );
    app.post(
      "/1/indexes/:index/objects",
      {
        config,
        validatorCompiler: anyBody,
        schema: { tags, summary: "Read records: /1/indexes/*/objects", params: IndexPath, body: Loose, response },
      },
      async (request) => answers.objects(request),
    );
    app.get(
      "/1/indexes/:index/:objectID",
      { config, schema: { tags, summary: "Read one record", params: ObjectPath, response } },
      async (request) => answers.object(request.params.objectID),
    );
    await app.register(createInsightsRoutes(deps, notes));
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
