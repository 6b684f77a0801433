// What the last events of a browser said, for those that leave it out: page views carry no store scope (D6), search responses
// of some clients no id (D11), and an impression counts once a page view. In memory of one process: what is forgotten, or was
// told to another process, falls back to the defaults.
import type { CanonicalEvent } from "../../collect/index.ts";
import { createRecentMap } from "./recent-map.ts";
import { textOf } from "./values.ts";
import { readScope } from "./xdm/read-context.ts";
import type { ShopScope, Visit, XdmUnit } from "./xdm/unit.ts";

type Kept = {
  readonly scope?: ShopScope;
  readonly pageViewId?: string;
  readonly search?: { readonly id: string; readonly query?: string; readonly at: number };
};

const capacity = 50_000;
/** A visit ends after 30 minutes of silence. */
const visitMs = 30 * 60_000;
/** Request and response of one search (D11). */
const searchMs = 10_000;

export type Visits = ReturnType<typeof createVisits>;

export function createVisits(now: () => number) {
  const visits = createRecentMap<Kept>(capacity, visitMs, now);

  return {
    /** What an event of this browser may need. */
    of: (ecid: string | undefined): Visit | undefined => {
      const kept = ecid === undefined ? undefined : visits.get(ecid);
      if (!kept) return undefined;
      const { scope, search } = kept;
      const isFresh = search !== undefined && now() - search.at <= searchMs;
      return {
        ...(scope ? { scope } : {}),
        ...(isFresh
          ? { search: { id: search.id, ...(search.query === undefined ? {} : { query: search.query }) } }
          : {}),
      };
    },

    /** Message id of the last page view; absent when this process saw none. */
    pageViewOf: (ecid: string | undefined): string | undefined =>
      ecid === undefined ? undefined : visits.get(ecid)?.pageViewId,

    /** Remembers an event as it will be stored. */
    observe: (ecid: string | undefined, unit: XdmUnit, event: CanonicalEvent): void => {
      if (ecid === undefined) return;
      const kept = visits.get(ecid);
      const scope = readScope(unit.xdm) ?? kept?.scope;
      const isView = event.type === "pageView" || event.type === "categoryView";
      const pageViewId = isView ? event.messageId : kept?.pageViewId;
      const query = textOf(event.properties["searchQuery"]);
      const id = textOf(event.properties["searchId"], 128);
      const search =
        event.type === "searchRequestSent"
          ? { id: id ?? event.messageId, at: now(), ...(query === undefined ? {} : { query }) }
          : kept?.search;
      visits.set(ecid, {
        ...(scope ? { scope } : {}),
        ...(pageViewId === undefined ? {} : { pageViewId }),
        ...(search ? { search } : {}),
      });
    },
  };
}
