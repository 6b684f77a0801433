import type { FastifyPluginAsync } from "fastify";
import type { CatalogSnapshot } from "../../catalog/index.ts";
import type { LiveDefinition } from "../../definitions/index.ts";
import type { Clock } from "../../kernel/index.ts";
import type { ClickHouse } from "../../storage/index.ts";
import { normaliseText } from "../normalise-text.ts";
import { compileQueryConditions } from "../query-conditions.ts";
import type { RedirectBody } from "../redirect.ts";
import type { SearchSettingsBody } from "../search-settings.ts";
import type { SynonymBody } from "../synonym.ts";
import { createPopularQueries, type PopularQueries } from "./popular-queries.ts";
import { minVisitors, propose } from "./propose.ts";
import { createSearchReportRoutes } from "./routes.ts";
import { createSearchReportStore } from "./store.clickhouse.ts";
import { createPopularStore } from "./store-popular.clickhouse.ts";
import { createProposalStore } from "./store-proposals.clickhouse.ts";

export type SearchReportDeps = {
  readonly clickhouse: ClickHouse;
  readonly definitions: { readonly live: <B>(kind: string) => readonly LiveDefinition<B>[] };
  readonly catalog: { readonly current: () => CatalogSnapshot };
  readonly clock: Clock;
  /** Whether a query may name a person. */
  readonly looksPersonal: (query: string) => boolean;
};

/** Reports of what shoppers searched for, and what to do about searches that found nothing. */
export function createSearchReports({ clickhouse, definitions, catalog, clock, looksPersonal }: SearchReportDeps): {
  readonly routes: () => FastifyPluginAsync;
  /** What shoppers search for, to complete what is being typed. */
  readonly popular: PopularQueries;
} {
  const store = createSearchReportStore(clickhouse);
  const nextSteps = createProposalStore(clickhouse);

  /** Whether somebody thought of a query already. */
  const covered = (): ((query: string) => boolean) => {
    const keywords = new Set(
      definitions
        .live<SynonymBody>("synonym")
        .flatMap(({ body: { type, keyword, expansions } }) =>
          type === "one-way" ? [keyword] : [keyword, ...expansions],
        )
        .map(normaliseText),
    );
    const redirects = definitions.live<RedirectBody>("redirect").map(({ body }) => compileQueryConditions(body.query));
    return (query) => {
      const text = normaliseText(query);
      return keywords.has(text) || redirects.some((matches) => matches(text).isMatch);
    };
  };

  const isBlocked = createBlockList(() => definitions.live<SearchSettingsBody>("search-settings"));

  return {
    popular: createPopularQueries({ read: createPopularStore(clickhouse), isBlocked, looksPersonal, clock }),
    routes: () =>
      createSearchReportRoutes({
        store,
        now: clock.now,
        proposals: async (period) => {
          const { categories } = catalog.current();
          const urlOf = (path: string) => (categories.has(path) ? `/${encodeURI(path)}` : undefined);
          return propose(await nextSteps(period, minVisitors), covered(), urlOf);
        },
      }),
  };
}

/** Whether a query holds a phrase that live settings forbid. Live lists are replaced whole: each is prepared once. */
function createBlockList(live: () => readonly LiveDefinition<SearchSettingsBody>[]): (query: string) => boolean {
  let of: readonly LiveDefinition<SearchSettingsBody>[] | undefined;
  let phrases: readonly string[] = [];
  return (query) => {
    const settings = live();
    if (settings !== of) {
      of = settings;
      phrases = settings.flatMap(({ body }) =>
        (body.neverSuggested ?? []).map((phrase) => ` ${normaliseText(phrase)} `),
      );
    }
    const text = ` ${normaliseText(query)} `;
    return phrases.some((phrase) => text.includes(phrase));
  };
}
