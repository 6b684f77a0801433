import type { ProductPrices } from "../catalog/index.ts";
import type { ConsideredRule, ListPreview, ListSubject } from "../discovery/index.ts";
import type { RuleSubject } from "../kernel/rules/index.ts";
import type { Arrangement, FacetSetting, Vocabulary } from "../search/index.ts";
import type { FieldWeights, RankingSwitches } from "./search-settings.ts";

/** For whom a list is; asked only where a rule depends on it. */
export type ListShopper = {
  /** Whether the shopper is in an audience, by key or id. */
  readonly isMember: (audience: string) => boolean;
  /** Profile, cart and context as rules read them. */
  readonly subject: () => RuleSubject;
  /** SKUs that the shopper looked at, newest first. */
  readonly viewed: readonly string[];
};

export type MerchandisingRequest = {
  readonly subject: ListSubject;
  readonly storeView: string;
  readonly shopper: ListShopper;
  /** Unix milliseconds. */
  readonly nowMs: number;
  /** What products cost the shopper; default: what the catalog says. */
  readonly prices?: ProductPrices | undefined;
  readonly preview?: ListPreview;
};

/** What merchandisers say of one list. */
export type MerchandisedList = {
  /** Synonyms and stop words; undefined where there are none. */
  readonly vocabulary: Vocabulary | undefined;
  /** Undefined where no rule has a say. For this request only: what it holds changes with the catalog. */
  readonly arrangement: Arrangement | undefined;
  readonly facetSettings: readonly FacetSetting[];
  /** Undefined = the weights that ship. */
  readonly fieldWeights: FieldWeights | undefined;
  /** What beyond text orders the list; absent = on. */
  readonly ranking: RankingSwitches;
  /** Where shoppers who search for this are sent instead. */
  readonly redirect: { readonly url: string } | null;
  /** Rules that fit the list, the applied ones first, in order of precedence, each with its reason. */
  readonly considered: readonly ConsideredRule[];
  /**
   * Products of a category that a rule builds: the list is these, whatever their categories. Undefined for every other list. For this
   * request only.
   */
  readonly members: ReadonlySet<string> | undefined;
};
