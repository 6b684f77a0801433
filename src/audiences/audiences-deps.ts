import type { ProductPrices } from "../catalog/index.ts";
import type { Identifier } from "../collect/index.ts";
import type { LiveDefinition } from "../definitions/index.ts";
import type { Clock, Logger } from "../kernel/index.ts";
import type { RuleObject } from "../kernel/rules/index.ts";
import type { Cart, Profile } from "../profiles/index.ts";
import type { AudienceRules } from "./audience-rules.ts";
import type { BackfillDeps, ProfileSource } from "./backfill.ts";
import type { SampleSource } from "./preview.ts";
import type { RuleQueryStore } from "./sql/index.ts";
import type { AudienceStore } from "./store.ts";
import type { TraitOptions } from "./traits.ts";

export type AudiencesDeps = Pick<BackfillDeps, "acceptedSoFar" | "past" | "reevaluate"> & {
  /** Rates of amounts in other currencies; default none. */
  readonly convert?: TraitOptions["convert"];
  /** Traits that people defined; default none. */
  readonly definedTraits?: TraitOptions["defined"];
  readonly store: AudienceStore;
  readonly ruleQueries: RuleQueryStore;
  readonly rules: AudienceRules;
  readonly definitions: {
    readonly live: <B>(kind: string) => readonly LiveDefinition<B>[];
    readonly onChange: (handler: (kind: string) => void) => () => void;
  };
  readonly profiles: Omit<ProfileSource, "get"> &
    SampleSource & {
      /** @throws {ClienteleError} `profiles.notFound` */
      readonly get: (profileId: string) => Promise<Profile>;
    };
  readonly clock: Clock;
  readonly logger: Logger;
  /** Currency of revenue traits and of carts. */
  readonly currency: string;
  /** Country of phone numbers without a prefix in uploaded lists. */
  readonly country?: string | undefined;
  /** Whose identifiers uploaded lists leave out; default nobody's. */
  readonly isSuppressed?: ((identifier: Identifier) => boolean) | undefined;
  /** What products cost somebody in a store view, for rules that are judged in a call; default: what the catalog says. */
  readonly pricesOf?: (visitor: {
    readonly profile: Profile | null;
    readonly storeView: string;
  }) => ProductPrices | undefined;
  /** Store view of the events about entries and exits; default `default`. */
  readonly storeView?: string;
};

/** What a decision call adds to the profile. */
export type CallSubject = {
  readonly cart?: Cart | null | undefined;
  readonly context?: RuleObject | undefined;
  /** SKU that the page is about. */
  readonly product?: string | undefined;
  /** Stands in for the profile id in buckets when nobody is known. */
  readonly bucketValue?: string | undefined;
};
