// Dynamic blocks and rotations, joined to what they depend on: audiences and rules, the catalog, price rules.
import type { createAudienceRules, createAudiences } from "./audiences/index.ts";
import type { Catalog, ProductPrices } from "./catalog/index.ts";
import type { Config } from "./config.ts";
import { createSecretBox } from "./connectors/index.ts";
import {
  type BlockBody,
  type BlockContext,
  createBlockKind,
  createBlocks,
  createRotationKind,
  type FireRules,
  type NamedByRule,
  type Pictures,
  priceRuleKinds,
  type RotationBody,
  type RotationMemory,
} from "./content/index.ts";
import { createJudges, type Decider, type Judge } from "./decisions/index.ts";
import type { Definitions } from "./definitions/index.ts";
import type { CartSender } from "./join-firing.ts";
import { ClienteleError, type Clock, type JsonObject, type JsonValue, type Logger } from "./kernel/index.ts";
import { localDateText, localDayOf, neverHolds } from "./kernel/rules/index.ts";
import type { Profile } from "./profiles/index.ts";

type Deps = {
  readonly config: Pick<
    Config,
    "locale" | "localeByStoreView" | "dataDir" | "secretKey" | "timezone" | "websiteByStoreView" | "defaultStoreView"
  >;
  readonly clock: Clock;
  readonly catalog: Pick<Catalog, "current">;
  readonly definitions: Definitions;
  readonly rules: Pick<
    ReturnType<typeof createAudienceRules>,
    "attributes" | "compile" | "faultsOf" | "productOf" | "read"
  >;
  readonly audiences: Pick<ReturnType<typeof createAudiences>, "subjectOf" | "isMember" | "explain" | "idOf">;
  /** Price rules that fire for a shopper. */
  readonly firedRules: FireRules;
  /** Looks up what no memory knows of codes and limits; before `firedRules`, with the same call. */
  readonly prepareFiring: (call: BlockContext, sender: CartSender) => Promise<void>;
  /** Looks up price rules that come into effect by the time of a call; before `firedRules`, with the same call. */
  readonly lookAhead: (call: BlockContext) => Promise<void>;
  /** What a visitor pays at a time; undefined = the catalog's own prices. */
  readonly pricesOf: (visitor: {
    readonly profile: Profile | null;
    readonly storeView: string;
    readonly nowMs: number;
  }) => ProductPrices | undefined;
  readonly pictures: Pictures;
  readonly rotations: RotationMemory;
  readonly logger: Logger;
};

/** Products that catalog price rules must reach for their blocks: those of the page, else those in the cart. */
export function skusOf({ items, cart }: Pick<BlockContext, "items" | "cart">): readonly string[] {
  return items.length > 0 ? items : (cart?.items.map(({ sku }) => sku) ?? []);
}

/** Texts that only this installation opens again. */
function createSeal({ dataDir, secretKey }: Pick<Config, "dataDir" | "secretKey">) {
  const box = createSecretBox({ dataDir, secretKey: secretKey || undefined });
  return {
    seal: (text: string, purpose: string): string => box.seal({ text }, purpose),
    open: (sealed: string, purpose: string): string | undefined => {
      try {
        return box.open(sealed, purpose)["text"];
      } catch (error) {
        // Comes from outside: whatever is not ours is as good as nothing.
        if (error instanceof ClienteleError) return undefined;
        throw error;
      }
    },
  };
}

/** Registers the kinds; call before the definitions start. */
export function joinBlocks({
  config,
  clock,
  catalog,
  definitions,
  rules,
  audiences,
  firedRules,
  prepareFiring,
  lookAhead,
  pricesOf,
  pictures,
  rotations,
  logger,
}: Deps) {
  const checkRule = (rule: JsonValue) => rules.faultsOf(rule, "block", "/rule");
  const hasAttribute = (code: string) => catalog.current().attributes.has(code);
  definitions.register(
    createBlockKind({
      checkRule,
      hasAttribute,
      hasPicture: pictures.has,
      unusablePictures: (text) => pictures.unusableIn([text], clock.now()),
    }),
  );
  definitions.register(createRotationKind(checkRule));
  let named: readonly NamedByRule[] = [];
  let loads = 0;
  const loadNamed = async (): Promise<void> => {
    loads += 1;
    const own = loads;
    const uses = await definitions.namedBy("block", priceRuleKinds);
    // One that was asked later knows more.
    if (own !== loads) return;
    named = uses.map(({ key, userKind, userKey }) => ({ block: key, kind: userKind, rule: userKey }));
  };
  const blocks = createBlocks({
    namedByRules: () => named,
    live: definitions.live,
    catalog,
    factsOf: rules.productOf,
    localeOf: (storeView) => config.localeByStoreView.get(storeView) ?? config.locale,
    finalPriceOf: (product, visitor) => {
      const prices = pricesOf(visitor);
      return prices ? prices.finalPriceOf(product) : product.finalPrice;
    },
    firedRules,
    seal: createSeal(config),
    random: Math.random,
    pictures,
    memory: rotations,
    timezone: config.timezone,
  });
  const judges = createJudges({ compile: (rule) => rules.compile(rule) });
  const block: Decider<BlockBody> = {
    kind: "block",
    candidates: () => definitions.live<BlockBody>("block"),
    decide: blocks.decideBlock,
  };
  const rotation: Decider<RotationBody> = {
    kind: "block-rotation",
    candidates: () => definitions.live<RotationBody>("block-rotation"),
    decide: blocks.decideRotation,
  };
  return {
    ...blocks,
    deciders: [block, rotation],
    /** Names on which a rule contradicts itself, so that it never holds: attributes, or audiences that are gone. */
    contradictionOf: (rule: JsonValue): string | undefined =>
      neverHolds(rules.read(rule, { use: "block" }).node, {
        typeOf: (path) => rules.attributes().find(path)?.type,
        isAudience: (reference) => audiences.idOf(reference) !== undefined,
      })?.over.join(", "),
    /** Zone of the shop. */
    timezone: config.timezone,
    /** Local day of the shop, `YYYY-MM-DD`. */
    today: (atMs = clock.now()): string => localDateText(localDayOf(atMs, config.timezone)),
    /** Store views that the operator named; empty = they are not listed. */
    storeViews: (): readonly string[] =>
      config.websiteByStoreView.size === 0
        ? []
        : [config.defaultStoreView, ...config.websiteByStoreView.keys(), ...config.localeByStoreView.keys()],
    /** Makes a call ready for blocks of cart price rules; reads nothing where none of these placements has one. */
    prepare: async (call: BlockContext, sender: CartSender, placements?: readonly string[]): Promise<void> => {
      if (blocks.askCartRules(placements)) await prepareFiring(call, sender);
    },
    /** As `prepare`, where the rules are asked for themselves. */
    prepareFiring,
    lookAhead,
    /** Learns which blocks are tied to price rules, and follows changes; when the definitions have started. */
    start: async (): Promise<void> => {
      await loadNamed();
      definitions.onChange((changed) => {
        if (!priceRuleKinds.some((kind) => kind === changed)) return;
        // Rules in effect are known at once by their bodies; this is for the time after them.
        loadNamed().catch((err: unknown) => logger.error({ err }, "blocks of price rules could not be read"));
      });
    },
    /** Judges blocks for callers that do not come by the decision path. */
    judgeOf: (call: BlockContext, identityKey: string, context: JsonObject = {}): Judge => {
      const { profile, nowMs, storeView } = call;
      const subject = audiences.subjectOf(profile, {
        cart: call.cart,
        context: { ...context, store_view: storeView },
        product: call.items[0],
        bucketValue: identityKey,
      });
      return judges(subject, nowMs, {
        isMember: (key) => audiences.isMember(key, profile, subject, nowMs),
        // An explanation is JSON by construction.
        explainAudience: (key) => (audiences.explain(key, subject, nowMs) ?? null) as JsonValue,
      });
    },
  };
}

export type JoinedBlocks = ReturnType<typeof joinBlocks>;
