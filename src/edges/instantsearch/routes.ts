// The HTTP face that algoliasearch, InstantSearch and search-insights speak.
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { acceptJsonAs } from "../../http/index.ts";
import { createAnswers } from "./answers.ts";
import { sendAlgoliaError } from "./error-answer.ts";
import { createInsightsRoutes } from "./insights-routes.ts";
import type { InstantSearchDeps } from "./instantsearch-deps.ts";
import { createSearchNotes } from "./note-searches.ts";
import { writeKeyOf } from "./read-key.ts";
import { rawParams } from "./search-params.ts";

const tags = ["Algolia protocol"];
const name = Type.String({ maxLength: 1_000 });
const Loose = Type.Record(Type.String(), Type.Unknown());
const Failed = Type.Object(
  { message: Type.String(), status: Type.Integer(), code: Type.String(), id: Type.String() },
  { description: "The request failed" },
);
const IndexPath = Type.Object({ index: name });
const FacetPath = Type.Object({ index: name, facet: name });
const ObjectPath = Type.Object({ index: name, objectID: name });

/** Settings of every path. Bodies are read by hand: the protocol takes a value in several forms. */
const described = <const S extends object>(summary: string, schema: S) => ({
  config: { access: "discovery", writeKeyFrom: writeKeyOf, quiet: true } as const,
  validatorCompiler: () => () => true,
  schema: { tags, summary, ...schema, response: { 200: Loose, "4xx": Failed, 503: Failed } },
});

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
      described("Answer several queries: /1/indexes/*/queries", { params: IndexPath, body: Loose }),
      (request) => answers.all(request),
    );
    app.post("/1/indexes/:index/query", described("Answer one query", { params: IndexPath, body: Loose }), (request) =>
      answers.index(request, request.params.index, rawParams(request.body)),
    );
    app.get("/1/indexes/:index", described("Answer one query", { params: IndexPath }), (request) =>
      answers.index(request, request.params.index, rawParams(request.query)),
    );
    app.post(
      "/1/indexes/:index/facets/:facet/query",
      described("Search the values of a facet", { params: FacetPath, body: Loose }),
      (request) => answers.facet(request, request.params.index, request.params.facet, rawParams(request.body)),
    );
    app.post(
      "/1/indexes/:index/recommendations",
      described("Recommend: /1/indexes/*/recommendations", { params: IndexPath, body: Loose }),
      (request) => answers.recommendations(request),
    );
    app.post(
      "/1/indexes/:index/objects",
      described("Read records: /1/indexes/*/objects", { params: IndexPath, body: Loose }),
      async (request) => answers.objects(request),
    );
    app.get("/1/indexes/:index/:objectID", described("Read one record", { params: ObjectPath }), async (request) =>
      answers.object(request.params.objectID),
    );
    await app.register(createInsightsRoutes(deps, notes));
  };
}
