import { type LiveDefinition, outsideWindowText } from "../../definitions/index.ts";
import type { JsonObject, JsonValue } from "../../kernel/index.ts";
import type { Cart, Profile } from "../../profiles/index.ts";
import type { BlockBody, BlockLocation, BlockValue } from "./block.ts";
import { createBlockLinks, type NamedByRule } from "./block-links.ts";
import {
  type BlockJudge,
  type BlockReason,
  type FiredRules,
  judgeBlock,
  judgeLinks,
  judgeRotation,
} from "./judge-block.ts";
import { previewRotation, type Rotating, type RotationPreview } from "./preview-rotation.ts";
import { nextAtRandom, nextInSeries, nextInShuffle, type Turn } from "./rotate.ts";
import type { RotationBody, RotationSource } from "./rotation-kind.ts";
import { maxRotating } from "./rotation-kind.ts";
import type { RotationMemory, RotationVisitor } from "./rotation-memory.ts";
import { createRotationStates, type Seal } from "./rotation-states.ts";
import { createRuledPlacements } from "./ruled-placements.ts";
import { type BlockSight, createShowBlock, type ShowDeps } from "./show-block.ts";

/** What a call is about. One object stands for one call: what is worked out for it is kept as long as it is. */
export type BlockContext = {
  readonly nowMs: number;
  readonly storeView: string;
  readonly profile: Profile | null;
  readonly cart: Cart | null;
  readonly items: readonly string[];
};

/** Who asks, and what of them may be remembered. */
export type BlockCall = {
  readonly judge: BlockJudge;
  /** Empty = nobody to remember. */
  readonly identityKey: string;
  /** False for previews, and for visitors who refuse to be recognised. */
  readonly mayRemember: boolean;
  /** What the client sent back of its rotations, by id. */
  readonly rotations: Readonly<Record<string, string>>;
};

/** Answers which price rules apply to the shopper of a call; memory only, since decisions wait for nothing. */
export type FireRules = (context: BlockContext) => FiredRules;

type Block = LiveDefinition<BlockBody>;

export type BlocksDeps = ShowDeps & {
  readonly live: <B>(kind: string) => readonly LiveDefinition<B>[];
  readonly firedRules: FireRules;
  /** Blocks that price rules name, of rules that were published once; the same list until one changes. */
  readonly namedByRules: () => readonly NamedByRule[];
  readonly seal: Seal;
  /** What visitors saw of rotations. */
  readonly memory: RotationMemory;
  /** In [0, 1). */
  readonly random: () => number;
  /** The shop's, IANA: times of schedules are told in it where a schedule names no zone. Default UTC. */
  readonly timezone?: string;
};

/** What a decision path needs of an answer. */
export type DecidedBlock =
  | {
      readonly ok: true;
      readonly kind: "block";
      readonly value: JsonObject;
      readonly reasons: readonly BlockReason[];
      readonly skus: readonly string[];
      readonly scores: readonly number[];
      readonly propensity: number;
      readonly policy: string;
      /** The block that a rotation showed, for the log. */
      readonly shown?: { readonly id: string; readonly version: number };
      readonly explain?: JsonValue;
    }
  | { readonly ok: false; readonly reason: BlockReason };

const anywhere: readonly BlockLocation[] = [];

/** Whether a block may stand in one of these places. A block that names none may stand in all of them. */
export function standsIn({ locations = anywhere }: BlockBody, asked: readonly BlockLocation[] = anywhere): boolean {
  return asked.length === 0 || locations.length === 0 || locations.some((location) => asked.includes(location));
}

const byPriority = (a: Block, b: Block): number => a.body.priority - b.body.priority || (a.key < b.key ? -1 : 1);

/** Whether a rotation goes by what the visitor saw before. */
const keepsState = ({ mode }: RotationBody): boolean => mode === "series" || mode === "shuffle";

function visitorOf(
  { profile }: BlockContext,
  { identityKey, mayRemember }: Pick<BlockCall, "identityKey" | "mayRemember">,
): RotationVisitor {
  const profileId = profile?.profileId ?? "";
  return { id: mayRemember ? identityKey || profileId : "", isKnown: profileId !== "" };
}

/** Dynamic blocks and their rotations, answered from memory. */
export function createBlocks(deps: BlocksDeps) {
  const show = createShowBlock(deps);
  const states = createRotationStates(deps.seal, deps.memory);
  const linksOf = createBlockLinks(deps.live, deps.namedByRules);
  const sights = new WeakMap<BlockContext, BlockSight>();
  let indexed: { readonly list: readonly Block[]; readonly byKey: ReadonlyMap<string, Block> } | undefined;

  const blockByKey = (): ReadonlyMap<string, Block> => {
    const list = deps.live<BlockBody>("block");
    // The list is replaced whole when a block changes.
    if (indexed?.list !== list) indexed = { list, byKey: new Map(list.map((block) => [block.key, block])) };
    return indexed.byKey;
  };

  const sightOf = (context: BlockContext, judge: BlockJudge): BlockSight => {
    const known = sights.get(context);
    if (known) return known;
    let fired: FiredRules | undefined;
    const { nowMs, storeView, items, profile } = context;
    const sight = {
      ...{ nowMs, storeView, items, profile, judge, linksOf },
      fired: () => {
        fired ??= deps.firedRules(context);
        return fired;
      },
    };
    sights.set(context, sight);
    return sight;
  };

  const isOfSource = (block: Block, source: RotationSource): boolean => {
    if (source === "specified") return true;
    const { cartRules, catalogRules } = linksOf(block);
    return (source === "cart_price_rules" ? cartRules : catalogRules).length > 0;
  };

  /** Blocks of a rotation in their order; those that are not live are left out. */
  const membersOf = ({ source, blocks = [], locations }: RotationBody): readonly Block[] => {
    const byKey = blockByKey();
    const found =
      source === "specified"
        ? blocks.flatMap((key) => byKey.get(key) ?? [])
        : [...byKey.values()].filter((block) => isOfSource(block, source)).sort(byPriority);
    return found.filter(({ body }) => standsIn(body, locations)).slice(0, maxRotating);
  };

  const hasCartRule = (block: Block): boolean => linksOf(block).cartRules.length > 0;
  const askCartRules = createRuledPlacements({
    lists: () => [deps.live("block"), deps.live("block-rotation"), deps.live("cart-price-rule"), deps.namedByRules()],
    ruled: () => [
      ...deps.live<BlockBody>("block").filter(hasCartRule),
      ...deps.live<RotationBody>("block-rotation").filter(({ body }) => membersOf(body).some(hasCartRule)),
    ],
  });

  const rotatingOf = (block: Block, sight: BlockSight): Rotating => {
    const { eligible, because } = judgeBlock(block, sight);
    if (!eligible) return { block, value: undefined, because };
    const shown = show(block, sight);
    return shown.ok ? { block, value: shown.value, because } : { block, value: undefined, because: shown.reason };
  };

  /** The value of each member, in order; undefined where the visitor may not see it. */
  const valuesOf = (members: readonly Block[], sight: BlockSight): readonly (BlockValue | undefined)[] =>
    members.map((block) => rotatingOf(block, sight).value);

  /** The reason as somebody who previews reads it: pages are not told when something starts. */
  const toldOf = (
    because: BlockReason,
    framed: Pick<LiveDefinition<unknown>, "schedule" | "window">,
    { nowMs }: Pick<BlockContext, "nowMs">,
  ): BlockReason => {
    if (because.code !== "schedule") return because;
    return { ...because, text: outsideWindowText(framed, nowMs, deps.timezone ?? "UTC") ?? because.text };
  };

  const none: DecidedBlock = {
    ok: false,
    reason: { code: "empty", text: "The visitor may see none of its blocks" },
  };

  const showAll = ({ id, key, name }: LiveDefinition<RotationBody>, values: readonly BlockValue[]): DecidedBlock => {
    if (values.length === 0) return none;
    return {
      ok: true,
      kind: "block",
      value: {
        blockId: id,
        name,
        html: values.map(({ html = "" }) => html).join("\n"),
        blocks: values.map((value) => ({ ...value })),
        rotation: { id, key, mode: "display_all" },
      },
      reasons: [{ code: "rotation", text: `${values.length} blocks of ${name}`, rotation: key }],
      skus: [],
      scores: [],
      propensity: 1,
      policy: "display_all",
    };
  };

  const showOne = (
    { id, key, name, body }: LiveDefinition<RotationBody>,
    context: BlockContext,
    call: BlockCall,
  ): DecidedBlock => {
    const sight = sightOf(context, call.judge);
    const members = membersOf(body);
    const values = valuesOf(members, sight);
    const visitor = visitorOf(context, call);
    const keeps = keepsState(body);
    const state = keeps ? states.find(id, visitor.id, call.rotations[id]) : undefined;
    const input = { order: members.map((block) => block.key), isShowable: (at: number) => !!values[at], state };
    const turns: Readonly<Record<string, () => Turn | undefined>> = {
      random: () => nextAtRandom(input, deps.random),
      series: () => nextInSeries(input),
      shuffle: () => nextInShuffle(input, deps.random),
    };
    const turn = turns[body.mode]?.();
    const [block, value] = turn ? [members[turn.index], values[turn.index]] : [];
    if (!turn || !block || !value) return none;
    const token = keeps && call.mayRemember ? states.keep(id, visitor, turn.state) : undefined;
    return {
      ok: true,
      kind: "block",
      value: { ...value, rotation: { id, key, mode: body.mode, ...(token === undefined ? {} : { state: token }) } },
      reasons: [{ code: "rotation", text: `${block.name} of ${name}`, rotation: key, block: block.key }],
      skus: [],
      scores: [],
      propensity: turn.propensity,
      policy: body.mode,
      shown: { id: block.id, version: block.version },
    };
  };

  return {
    /** One block, whose frame and audiences were judged before. */
    decideBlock: (block: Block, context: BlockContext, { judge }: Pick<BlockCall, "judge">): DecidedBlock => {
      const sight = sightOf(context, judge);
      const links = judgeLinks(block, sight);
      if (!links.eligible) return { ok: false, reason: links.because };
      const shown = show(block, sight);
      if (!shown.ok) return shown;
      return {
        ok: true,
        kind: "block",
        value: { ...shown.value },
        reasons: [
          ...(links.because.code === "everybody" ? [] : [links.because]),
          ...(shown.variant ? [shown.variant] : []),
        ],
        skus: [],
        scores: [],
        propensity: 1,
        policy: "priority",
      };
    },
    decideRotation: (rotation: LiveDefinition<RotationBody>, context: BlockContext, call: BlockCall): DecidedBlock => {
      if (rotation.body.mode !== "display_all") return showOne(rotation, context, call);
      const sight = sightOf(context, call.judge);
      return showAll(
        rotation,
        valuesOf(membersOf(rotation.body), sight).flatMap((value) => value ?? []),
      );
    },
    /** All live blocks of a choice that the visitor may see, best priority first, with what they get of each. */
    shownTo: (
      context: BlockContext,
      judge: BlockJudge,
      isAsked: (block: Block) => boolean,
    ): readonly { readonly block: Block; readonly value: BlockValue }[] => {
      const sight = sightOf(context, judge);
      return deps
        .live<BlockBody>("block")
        .filter((block) => isAsked(block) && judgeBlock(block, sight).eligible)
        .sort(byPriority)
        .flatMap((block) => {
          const shown = show(block, sight);
          return shown.ok ? [{ block, value: shown.value }] : [];
        });
    },
    /** One block of any version as a visitor would get it. */
    preview: (block: Block, context: BlockContext, judge: BlockJudge) => {
      const sight = sightOf(context, judge);
      const { eligible, because } = judgeBlock(block, sight);
      if (!eligible) return { shown: false, reasons: [toldOf(because, block, context)], value: undefined };
      const shown = show(block, sight);
      if (!shown.ok) return { shown: false, reasons: [shown.reason], value: undefined };
      return {
        shown: true,
        reasons: [because, ...(shown.variant ? [shown.variant] : [])],
        value: shown.value,
      };
    },
    /** A rotation of any version as a newcomer would get it over some page views. */
    previewRotation: (
      rotation: LiveDefinition<RotationBody>,
      context: BlockContext,
      judge: BlockJudge,
      views: number,
    ): RotationPreview => {
      const sight = sightOf(context, judge);
      const { eligible, because } = judgeRotation(rotation, sight);
      if (!eligible) return { shown: false, reasons: [toldOf(because, rotation, context)], blocks: [], views: [] };
      const { mode, source, blocks = [] } = rotation.body;
      const live = blockByKey();
      const away = source === "specified" ? blocks.filter((key) => !live.has(key)) : [];
      const members = [
        ...membersOf(rotation.body).map((block) => {
          const rotating = rotatingOf(block, sight);
          return { ...rotating, because: toldOf(rotating.because, block, context) };
        }),
        ...away.map((key) => ({
          block: { key, name: key },
          value: undefined,
          because: { code: "not_live", text: "No version is live" },
        })),
      ];
      const preview = previewRotation(mode, members, views, deps.random);
      const none = { code: "empty", text: "The visitor may see none of its blocks" };
      return { shown: preview.views.length > 0, reasons: [preview.views.length > 0 ? because : none], ...preview };
    },
    /** Whether a block is one of those that a source asks for: tied to price rules of a kind; of `specified` all are. */
    isOfSource,
    /** Price rules that a block is tied to. */
    linksOf,
    /** Brings into memory what the visitor saw of the rotations of these placements, where the client did not send it. */
    loadStates: async (
      placements: readonly string[],
      context: BlockContext,
      call: Pick<BlockCall, "identityKey" | "mayRemember" | "rotations">,
    ): Promise<void> => {
      const rotations = deps
        .live<RotationBody>("block-rotation")
        .filter(({ body }) => keepsState(body) && placements.includes(body.placement));
      if (rotations.length === 0) return;
      await states.load(
        visitorOf(context, call),
        rotations.map(({ id }) => id),
        call.rotations,
      );
    },
    /** Whether a live block of these placements is tied to a cart price rule; by default of any. */
    askCartRules,
    /** Price rules that apply to the shopper of a call. */
    firedRules: deps.firedRules,
  };
}

export type Blocks = ReturnType<typeof createBlocks>;
