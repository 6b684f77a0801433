// Who looks: the user token is the browser's id, as our own SDK's anonymous id is.
import type { FastifyRequest } from "fastify";
import { clientFactsOf } from "../../collect/index.ts";
import { findOrNobody, type ListVisitor } from "../../discovery/index.ts";
import { isTrusted } from "../../http/index.ts";
import type { QueryScope } from "./answer-query.ts";
import type { InstantSearchDeps } from "./instantsearch-deps.ts";
import type { SearchNotes, ShownSearch } from "./note-searches.ts";
import { headerOrQuery } from "./read-key.ts";
import { type RawParams, readSearchParams } from "./search-params.ts";

/** Of one request: its visitor is found once, however many queries it has. */
export type Visit = {
  /** @throws {ClienteleError} `access.identityToken` for a bad identity token */
  readonly scopeOf: (raw: RawParams) => Promise<QueryScope>;
  /** Notes what a query showed; absent where nobody is named, or the caller may not send events. */
  readonly onShownOf: (raw: RawParams) => ((shown: ShownSearch) => void) | undefined;
};

const nobody: ListVisitor = { ok: false, reason: "no_identity" };
const identityHeader = "x-clientele-identity-token";
const maxStoreViewLength = 64;
const maxTokens = 5;
const maxTokenLength = 255;

export function createVisits(
  { find, settings }: Pick<InstantSearchDeps, "find" | "settings">,
  notes: Pick<SearchNotes, "note">,
): { readonly open: (http: FastifyRequest) => Visit } {
  return {
    open: (http) => {
      const tokenOf = (raw: RawParams) =>
        readSearchParams(raw).userToken ?? headerOrQuery(http, "x-algolia-usertoken")?.slice(0, maxTokenLength);
      const identityToken = headerOrQuery(http, identityHeader);
      const given = headerOrQuery(http, "x-clientele-store-view");
      const storeView = given && given.length <= maxStoreViewLength ? given : settings.defaultStoreView;
      const visitorByToken = new Map<string, Promise<ListVisitor>>();
      const visitorOf = (anonymousId: string | undefined): Promise<ListVisitor> => {
        const known = visitorByToken.get(anonymousId ?? "");
        if (known) return known;
        if (anonymousId === undefined && identityToken === undefined) return Promise.resolve(nobody);
        // One page has one visitor; more are nobody's page.
        if (visitorByToken.size >= maxTokens) return Promise.resolve(nobody);
        const found = findOrNobody(find, http, {
          ...(anonymousId === undefined ? {} : { anonymousId }),
          ...(identityToken === undefined ? {} : { identityToken }),
        });
        visitorByToken.set(anonymousId ?? "", found);
        return found;
      };
      return {
        scopeOf: async (raw) => {
          const { isPersonal } = readSearchParams(raw);
          const userToken = tokenOf(raw);
          return {
            visitor: isPersonal ? await visitorOf(userToken) : nobody,
            identityKey: userToken === undefined ? "" : `anonymous_id:${userToken}`,
            storeView,
          };
        },
        onShownOf: (raw) => {
          const userToken = tokenOf(raw);
          if (userToken === undefined || http.auth.kind === "none") return undefined;
          const { sourceId } = http.auth;
          const trusted = isTrusted(http.auth);
          const searcher = { userToken, sourceId, trusted, ...(trusted ? {} : { client: clientFactsOf(http) }) };
          return (shown) => notes.note(searcher, shown);
        },
      };
    },
  };
}
