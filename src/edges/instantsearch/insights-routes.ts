// Where clicks, views and conversions arrive.
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { clientFactsOf } from "../../collect/index.ts";
import { isTrusted } from "../../http/index.ts";
import { ClienteleError, isObject, newId } from "../../kernel/index.ts";
import type { InstantSearchDeps } from "./instantsearch-deps.ts";
import type { SearchNotes } from "./note-searches.ts";
import { writeKeyOf } from "./read-key.ts";
import { objectOf, textOf } from "./values.ts";

const maxEvents = 1_000;
const Loose = Type.Record(Type.String(), Type.Unknown());
const Done = Type.Object({ status: Type.Literal(200), message: Type.String() });

export function createInsightsRoutes(
  { accept, clock }: InstantSearchDeps,
  notes: Pick<SearchNotes, "flush">,
): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.post(
      "/1/events",
      {
        config: { access: "write-key", writeKeyFrom: writeKeyOf, quiet: true },
        validatorCompiler: () => () => true,
        schema: {
          tags: ["Algolia protocol"],
          summary: "Send clicks, views and conversions",
          body: Loose,
          response: { 200: Done },
        },
      },
      async (request) => {
        const given: unknown = isObject(request.body) ? request.body["events"] : undefined;
        if (!Array.isArray(given) || given.length === 0)
          throw new ClienteleError("instantsearch.badRequest", "send {events: [{eventType, eventName, …}]}");
        if (given.length > maxEvents)
          throw new ClienteleError("instantsearch.badRequest", `at most ${maxEvents} events at once`);
        const trusted = isTrusted(request.auth);
        const events = given.filter((event) => !isUsageReport(event)).map((event) => toUnit(event, clock.now()));
        if (events.length === 0) return { status: 200 as const, message: "OK" };
        await Promise.all(userTokensOf(events).map(notes.flush));
        const { rejected } = await accept({
          events,
          // These clients name no time of sending.
          sentAt: undefined,
          sourceId: request.auth.sourceId,
          sourceKind: "instantsearch",
          trusted,
          provenCustomerId: null,
          ...(trusted ? {} : { client: clientFactsOf(request) }),
        });
        const [first] = rejected;
        if (first && rejected.length === events.length)
          throw new ClienteleError("instantsearch.badRequest", `events[${first.index}]: ${first.message}`);
        return { status: 200 as const, message: rejected.length === 0 ? "OK" : `${rejected.length} events refused` };
      },
    );
  };
}

/** Who acts has ended what they typed. */
function userTokensOf(events: readonly unknown[]): readonly string[] {
  const acts = events.filter((event) => isObject(event) && event["eventType"] !== "view");
  return [...new Set(acts.flatMap((event) => textOf(objectOf(event)["userToken"], 255) ?? []))];
}

/** InstantSearch tells its vendor which widgets a page has; that is nothing a shopper did. */
function isUsageReport(event: unknown): boolean {
  return isObject(event) && event["eventType"] === "instantsearch";
}

/** Complete in itself: the protocol has no ids of messages, and a dead letter must not count twice when it is read again. */
function toUnit(event: unknown, nowMs: number): unknown {
  if (!isObject(event) || textOf(event["messageId"]) !== undefined) return event;
  return { ...objectOf(event), messageId: `ais-${newId(nowMs)}` };
}
