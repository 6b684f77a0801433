import type { FastifyRequest } from "fastify";
import type { CatalogSnapshot, ProductPrices } from "../../catalog/index.ts";
import type { Identifier } from "../../collect/index.ts";
import type { BlockContext, BlockJudge, Blocks } from "../../content/index.ts";
import type { PlacedBody } from "../../decisions/index.ts";
import type { AnswerList, ListVisitor, VisitorClaim } from "../../discovery/index.ts";
import type { Clock } from "../../kernel/index.ts";
import type { Exposure } from "../../measurement/index.ts";
import type { FoundProfile, IdentityClaim, Profile } from "../../profiles/index.ts";
import type { Recommendations } from "../../recommendations/index.ts";

export type GraphqlSettings = {
  readonly defaultStoreView: string;
  /** ISO 4217 code where a product has no price of its own. */
  readonly currency: string;
};

/** Who tells of a cart: here always a browser, by its events. */
type CartSender = { readonly isTrusted: false; readonly ip: string; readonly identityKey: string };

export type GraphqlDeps = {
  readonly clock: Clock;
  readonly settings: GraphqlSettings;
  readonly catalog: { current(): CatalogSnapshot };
  /** What products cost a visitor; default: what the catalog says. */
  readonly pricesOf?: (visitor: {
    readonly profile: Profile | null;
    readonly storeView: string;
  }) => ProductPrices | undefined;
  readonly answerList: AnswerList;
  readonly units: Recommendations["units"];
  readonly recommend: Recommendations["recommend"];
  /** Exposure log of what no other part logs: blocks, and units that the client made. */
  readonly logExposure: (exposure: Exposure) => void;
  readonly blocks: Pick<Blocks, "shownTo" | "firedRules" | "isOfSource"> & {
    /** What decides for one visitor which blocks they may see. */
    readonly judgeOf: (context: BlockContext, identityKey: string) => BlockJudge;
    /** Makes a call ready for blocks of cart price rules: looks up codes and what is used of limits. */
    readonly prepare: (context: BlockContext, sender: CartSender) => Promise<void>;
    /** As `prepare`, where the rules are asked for themselves. */
    readonly prepareFiring: (context: BlockContext, sender: CartSender) => Promise<void>;
  };
  /** Tells for one visitor whether a definition's audiences and rule let them see it. */
  readonly eligible: (
    profile: Profile | null,
    where: { readonly storeView: string; readonly identityKey: string },
  ) => (body: PlacedBody) => boolean;
  /** The visitor of a call, as far as its key and proof allow, with the audiences of a signed list. */
  readonly find: (request: FastifyRequest, claim: VisitorClaim & IdentityClaim) => Promise<FoundProfile>;
  /** Devices that the browser's own cookies tell. */
  readonly devicesOf: (request: FastifyRequest) => readonly Identifier[];
  /** Keys of the live audiences that a profile is in. */
  readonly audienceKeysOf: (profile: Profile) => readonly string[];
  /** Id or code of the group a customer is in; undefined = the general one. */
  readonly customerGroupOf: (profile: Profile) => string | undefined;
};

/** One HTTP call: who and where, and what its resolvers share. */
export type Call = {
  readonly request: FastifyRequest;
  readonly storeView: string;
  /** `namespace:value` of the visitor as the client knows them; empty = none. */
  readonly identityKey: string;
  readonly catalog: CatalogSnapshot;
  /** What products cost the visitor; undefined = what the catalog says. */
  readonly prices: () => Promise<ProductPrices | undefined>;
  /** The same snapshot at the prices of the visitor. */
  readonly priced: () => Promise<CatalogSnapshot>;
  /** Found once a call. A visitor who cannot be found out is nobody: pages do not fail for that. */
  readonly visitor: () => Promise<ListVisitor>;
  /** What the client keeps equal for all requests of one page view; null = nothing. */
  readonly pageKey: string | null;
  /** Why the visitor could not be found out, for the answer's extensions. */
  readonly identityFault: () => string | undefined;
};
