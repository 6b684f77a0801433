import { Type } from "typebox";
import type { DefinitionKind, LiveDefinition } from "../definitions/index.ts";
import type { ErrorDetail } from "../kernel/index.ts";
import {
  type CheckRule,
  type Eligibility,
  eligibilityFaults,
  eligibilityFields,
  eligibilityReferences,
} from "./eligibility.ts";
import { limitFaults } from "./limit-faults.ts";
import { normaliseText } from "./normalise-text.ts";
import {
  compileQueryConditions,
  type QueryConditions,
  queryConditionFaults,
  queryConditionsSchema,
} from "./query-conditions.ts";

/** Where shoppers are sent who search for something that a page answers better than a list. */
export type RedirectBody = Eligibility & {
  readonly query: QueryConditions;
  /** A path of the shop, or an absolute http(s) address. */
  readonly url: string;
};

const maxLiveRedirects = 5_000;
const maxSteps = 10;
/** Names under which shops put the query into the address of their search page. */
const queryParameters = ["q", "query", "search", "term", "phrase", "s"];

/** The definition kind `redirect`. */
export function createRedirectKind(checkRule: CheckRule): DefinitionKind<RedirectBody> {
  return {
    kind: "redirect",
    label: "Redirect",
    schema: Type.Object(
      {
        query: queryConditionsSchema,
        url: Type.String({ minLength: 1, maxLength: 2_000, description: "A path of the shop, or http(s)://…" }),
        ...eligibilityFields,
      },
      { additionalProperties: false },
    ),
    check: (body, context) => {
      const faults: ErrorDetail[] = [
        ...limitFaults("redirect", maxLiveRedirects, context),
        ...eligibilityFaults(body, checkRule),
        ...queryConditionFaults(body.query, "/query"),
      ];
      if (!isSafeAddress(body.url)) {
        const message = "must be a path of the shop such as /sale, or an absolute http(s) address";
        faults.push({ path: "/url", code: "url", message });
      } else if (leadsBack(body, context.key, context.live<RedirectBody>("redirect"))) {
        const message = "leads to a search that is sent here again";
        faults.push({ path: "/url", code: "loop", message });
      }
      return faults;
    },
    references: eligibilityReferences,
  };
}

/** A backslash counts as a slash to browsers, so `/\host` leaves the shop as `//host` does. */
function isSafeAddress(url: string): boolean {
  if (/[\s\p{Cc}\\]/u.test(url)) return false;
  if (url.startsWith("/")) return !url.startsWith("//");
  if (!URL.canParse(url)) return false;
  const { protocol, username, password } = new URL(url);
  return /^https?:$/.test(protocol) && username === "" && password === "";
}

/** The query of an address that leads to a search page, normalised; undefined for other pages. */
export function searchedBy(url: string): string | undefined {
  const base = "http://shop.invalid";
  if (!URL.canParse(url, base)) return undefined;
  const { searchParams } = new URL(url, base);
  for (const name of queryParameters) {
    const value = searchParams.get(name);
    if (value) return normaliseText(value);
  }
  return undefined;
}

/** Follows redirect after redirect, whoever they are for: for somebody it may go round. */
function leadsBack(body: RedirectBody, key: string, live: readonly LiveDefinition<RedirectBody>[]): boolean {
  const others = live
    .filter((each) => each.key !== key)
    .map((each) => ({ ...each.body, matches: compileQueryConditions(each.body.query) }));
  const own = compileQueryConditions(body.query);
  let open: readonly string[] = [body.url];
  const seen = new Set<string>();
  for (let step = 0; step < maxSteps && open.length > 0; step += 1) {
    const queries = open.flatMap((url) => searchedBy(url) ?? []).filter((query) => !seen.has(query));
    if (queries.some((query) => own(query).isMatch)) return true;
    for (const query of queries) seen.add(query);
    open = queries.flatMap((query) => others.filter(({ matches }) => matches(query).isMatch).map(({ url }) => url));
  }
  return false;
}
