import type { FastifyRequest } from "fastify";
import type { CatalogSnapshot, ProductPrices } from "../../catalog/index.ts";
import type { AcceptRequest, AcceptResult } from "../../collect/index.ts";
import type { AnswerList } from "../../discovery/index.ts";
import type { Clock } from "../../kernel/index.ts";
import type { Exposure } from "../../measurement/index.ts";
import type { FoundProfile, Profile } from "../../profiles/index.ts";
import type { Recommendations } from "../../recommendations/index.ts";
import type { Search } from "../../search/index.ts";

/** What a client says of its visitor; the token proves the customer. */
export type VisitorClaim = {
  readonly anonymousId?: string;
  readonly customerId?: string;
  readonly identityToken?: string;
};

export type InstantSearchDeps = {
  readonly answerList: AnswerList;
  /** @throws {ClienteleError} for a bad identity token */
  readonly find: (request: FastifyRequest, claim: VisitorClaim) => Promise<FoundProfile>;
  readonly recommend: Recommendations["recommend"];
  readonly suggest: Search["suggest"];
  readonly logExposure: (exposure: Exposure) => void;
  readonly catalog: { current(): CatalogSnapshot };
  /** What products cost a visitor; default: what the catalog says. */
  readonly pricesOf?:
    | ((visitor: { readonly profile: Profile | null; readonly storeView: string }) => ProductPrices | undefined)
    | undefined;
  readonly accept: (request: AcceptRequest) => Promise<AcceptResult>;
  readonly clock: Clock;
  readonly settings: {
    readonly defaultStoreView: string;
  };
};
