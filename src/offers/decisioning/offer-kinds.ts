// The definition kinds of offer decisioning, with everything that can be wrong about a body.
import { sanitizeMarkup } from "../../content/index.ts";
import type { DefinitionCheckContext, DefinitionKind, DefinitionReference } from "../../definitions/index.ts";
import type { ErrorDetail, JsonValue } from "../../kernel/index.ts";
import {
  type CapRule,
  type CollectionBody,
  type Eligibility,
  isStrategy,
  limits,
  type OfferBody,
  type OfferPlacementBody,
  type PolicyBody,
  type Representation,
  type StrategyEntry,
} from "./bodies.ts";
import { collectionBodySchema, offerBodySchema, placementBodySchema, policyBodySchema } from "./body-schemas.ts";
import { formulaFault } from "./rank-by-formula.ts";

/** Checks a rule tree; paths of faults start with the prefix. */
export type CheckRule = (rule: JsonValue, use: "offer" | "tracking_plan", prefix: string) => readonly ErrorDetail[];

export const placementKind = "offer-placement";
export const offerKind = "offer";
export const collectionKind = "offer-collection";
export const policyKind = "offer-policy";

const cartRuleKind = "cart-price-rule";

const maxJson = 32_768;
const maxDays = 3 * 366;
const daysOf = { day: 1, week: 7, month: 31 } as const;

const fault = (path: string, code: string, message: string): ErrorDetail => ({ path, code, message });

/** Faults at the places where a text was there before. */
function repeated(values: readonly string[], pathOf: (at: number) => string, what: string): readonly ErrorDetail[] {
  return values.flatMap((value, at) =>
    values.indexOf(value) === at ? [] : [fault(pathOf(at), "repeated", `${what} ${value} is there twice`)],
  );
}

function audienceUses({ audiences = [] }: Partial<Eligibility>, path: string): readonly DefinitionReference[] {
  return audiences.map((key, at) => ({ kind: "audience", key, path: `${path}/audiences/${at}` }));
}

/** Addresses a link may have: absolute http(s), an app's own scheme, or a path of the shop; never a script. */
function isSafeLink(link: string): boolean {
  if (link.startsWith("/") && !link.startsWith("//")) return true;
  return URL.canParse(link) && !/^(javascript|data|vbscript|file|blob):$/.test(new URL(link).protocol);
}

function representationFaults(
  representation: Representation,
  placement: OfferPlacementBody | undefined,
  path: string,
): readonly ErrorDetail[] {
  const faults: ErrorDetail[] = [];
  const { html, json, link } = representation;
  const contentType = placement?.contentType;
  if (contentType && representation[contentType] === undefined)
    faults.push(fault(path, "offers.contentType", `the placement takes ${contentType}: set ${contentType}`));
  if (html !== undefined && sanitizeMarkup(html).trim() === "")
    faults.push(fault(`${path}/html`, "offers.empty", "nothing is left after unsafe markup was removed"));
  if (link !== undefined && !isSafeLink(link))
    faults.push(fault(`${path}/link`, "offers.link", "must be an address or a path of the shop"));
  if (json !== undefined && JSON.stringify(json).length > maxJson)
    faults.push(fault(`${path}/json`, "offers.tooLarge", `must be at most ${maxJson} characters`));
  return faults;
}

function capFaults(cap: CapRule, path: string, checkRule: CheckRule): readonly ErrorDetail[] {
  const faults: ErrorDetail[] = [];
  const { counted, event, period, rule } = cap;
  if (counted === "custom") {
    if (event === undefined) faults.push(fault(`${path}/event`, "missing", "name the event that is counted"));
    if (rule !== undefined) faults.push(...checkRule(rule, "tracking_plan", `${path}/rule`));
    if (cap.placements === "each")
      faults.push(fault(`${path}/placements`, "notUsed", "an event of the shop has no placement"));
  } else {
    if (event !== undefined) faults.push(fault(`${path}/event`, "notUsed", `a ${counted} has no event of its own`));
    if (rule !== undefined) faults.push(fault(`${path}/rule`, "notUsed", `a ${counted} has no rule of its own`));
  }
  if (cap.hard !== true && cap.holdMinutes !== undefined)
    faults.push(fault(`${path}/holdMinutes`, "notUsed", "goes with hard: true"));
  if (cap.hard === true && counted === "decision" && cap.holdMinutes !== undefined)
    faults.push(fault(`${path}/holdMinutes`, "notUsed", "a piece that counts when decided is not held for an event"));
  if (period && period.every * daysOf[period.unit] > maxDays)
    faults.push(fault(`${path}/period/every`, "offers.period", "a period is at most three years"));
  return faults;
}

function fallbackFaults(body: OfferBody): readonly ErrorDetail[] {
  if (body.fallback !== true) return [];
  const bound: [string, boolean][] = [
    ["audiences", body.audiences.length > 0],
    ["rule", body.rule !== undefined],
    ["caps", (body.caps ?? []).length > 0],
    ["consent", body.consent !== undefined],
    ["cartRule", body.cartRule !== undefined],
  ];
  return bound
    .filter(([, isSet]) => isSet)
    .map(([field]) => fault(`/${field}`, "offers.fallback", "a fallback offer is for everybody, always: leave it out"));
}

function bodyOf<B>(context: DefinitionCheckContext, kind: string, key: string): B | undefined {
  return context.live<B>(kind).find((definition) => definition.key === key)?.body;
}

export function createPlacementKind(): DefinitionKind<OfferPlacementBody> {
  return {
    kind: placementKind,
    label: "Offer placement",
    schema: placementBodySchema,
    check: (body, context) =>
      context
        .live<OfferPlacementBody>(placementKind)
        .some((other) => other.key !== context.key && other.body.placement === body.placement)
        ? [fault("/placement", "offers.placementTaken", `another offer placement stands for ${body.placement}`)]
        : [],
  };
}

export function createOfferKind(checkRule: CheckRule): DefinitionKind<OfferBody> {
  return {
    kind: offerKind,
    label: "Offer",
    schema: offerBodySchema,
    check: (body, context) => {
      const faults: ErrorDetail[] = body.rule === undefined ? [] : [...checkRule(body.rule, "offer", "/rule")];
      for (const [at, one] of body.representations.entries())
        faults.push(
          ...representationFaults(
            one,
            bodyOf<OfferPlacementBody>(context, placementKind, one.placement),
            `/representations/${at}`,
          ),
        );
      for (const [at, cap] of (body.caps ?? []).entries()) faults.push(...capFaults(cap, `/caps/${at}`, checkRule));
      if (Buffer.byteLength(JSON.stringify(body.attributes ?? {})) > limits.attributeBytes)
        faults.push(fault("/attributes", "offers.tooLarge", `must be at most ${limits.attributeBytes} bytes of JSON`));
      const link = body.cartRule;
      if (link?.when === "near" && link.lacksAtMost === undefined)
        faults.push(fault("/cartRule/lacksAtMost", "missing", "say how much the cart may lack"));
      if (link && link.when !== "near" && link.lacksAtMost !== undefined)
        faults.push(fault("/cartRule/lacksAtMost", "notUsed", "goes with when: near"));
      const linked = link && bodyOf<{ readonly coupon?: { readonly type: string } }>(context, cartRuleKind, link.key);
      if (link?.personalCode && linked && linked.coupon?.type !== "pool")
        faults.push(fault("/cartRule/personalCode", "offers.noPool", `the rule ${link.key} has no codes of a pool`));
      return [...faults, ...fallbackFaults(body), ...repeated(body.tags ?? [], (at) => `/tags/${at}`, "the tag")];
    },
    references: (body) => [
      ...audienceUses(body, ""),
      ...body.representations.map(({ placement }, at) => ({
        kind: placementKind,
        key: placement,
        path: `/representations/${at}/placement`,
      })),
      ...(body.cartRule ? [{ kind: cartRuleKind, key: body.cartRule.key, path: "/cartRule/key" }] : []),
    ],
  };
}

export function createCollectionKind(): DefinitionKind<CollectionBody> {
  return {
    kind: collectionKind,
    label: "Offer collection",
    schema: collectionBodySchema,
    check: (body, context) => {
      if ("offers" in body)
        return body.offers.flatMap((key, at) =>
          bodyOf<OfferBody>(context, offerKind, key)?.fallback === true
            ? [fault(`/offers/${at}`, "offers.fallback", `${key} is a fallback offer; name it in the policy`)]
            : [],
        );
      const asks = [body.tags?.any, body.tags?.all, body.attributes].some((list) => (list ?? []).length > 0);
      return asks ? [] : [fault("", "missing", "list offers, or name tags or attributes")];
    },
    references: (body) =>
      "offers" in body ? body.offers.map((key, at) => ({ kind: offerKind, key, path: `/offers/${at}` })) : [],
  };
}

function strategyFaults(entry: StrategyEntry, path: string, checkRule: CheckRule): readonly ErrorDetail[] {
  const faults: ErrorDetail[] = entry.rule === undefined ? [] : [...checkRule(entry.rule, "offer", `${path}/rule`)];
  const { ranking } = entry;
  if (ranking.method === "formula") {
    const wrong = formulaFault(ranking.formula, ranking.model !== undefined);
    if (wrong !== undefined) faults.push(fault(`${path}/ranking/formula`, "offers.badFormula", wrong));
  }
  if (ranking.method !== "priority" && ranking.model?.personalised === false && ranking.model.audiences?.length)
    faults.push(
      fault(`${path}/ranking/model/audiences`, "notUsed", "a model that is the same for everybody tells nobody apart"),
    );
  return faults;
}

function policyFaults(body: PolicyBody, context: DefinitionCheckContext, checkRule: CheckRule): readonly ErrorDetail[] {
  const faults: ErrorDetail[] = body.rule === undefined ? [] : [...checkRule(body.rule, "offer", "/rule")];
  for (const [at, entry] of body.entries.entries())
    if (isStrategy(entry)) faults.push(...strategyFaults(entry, `/entries/${at}`, checkRule));
    else if (bodyOf<OfferBody>(context, offerKind, entry.offer)?.fallback === true)
      faults.push(fault(`/entries/${at}/offer`, "offers.fallback", "is a fallback offer; name it as fallback"));
  const names = body.entries.map((entry) => (isStrategy(entry) ? entry.name : ""));
  for (const [at, name] of names.entries())
    if (name !== "" && names.indexOf(name) !== at)
      faults.push(fault(`/entries/${at}/name`, "repeated", `the strategy ${name} is there twice`));
  if (body.fallback === undefined && body.emptyAllowed !== true)
    faults.push(fault("/fallback", "missing", "name a fallback offer, or set emptyAllowed"));
  const fallback = body.fallback === undefined ? undefined : bodyOf<OfferBody>(context, offerKind, body.fallback);
  if (fallback && fallback.fallback !== true)
    faults.push(fault("/fallback", "offers.fallback", `${body.fallback} is no fallback offer`));
  if (fallback)
    for (const [at, placement] of body.placements.entries())
      if (!fallback.representations.some((one) => one.placement === placement))
        faults.push(
          fault(`/placements/${at}`, "offers.noRepresentation", `the fallback has no representation for ${placement}`),
        );
  return faults;
}

export function createPolicyKind(checkRule: CheckRule): DefinitionKind<PolicyBody> {
  return {
    kind: policyKind,
    label: "Offer policy",
    schema: policyBodySchema,
    check: (body, context) => policyFaults(body, context, checkRule),
    references: (body) => [
      ...audienceUses(body, ""),
      ...body.placements.map((key, at) => ({ kind: placementKind, key, path: `/placements/${at}` })),
      ...body.entries.flatMap((entry, at): DefinitionReference[] => {
        const path = `/entries/${at}`;
        if (!isStrategy(entry)) return [{ kind: offerKind, key: entry.offer, path: `${path}/offer` }];
        const model = entry.ranking.method === "priority" ? undefined : entry.ranking.model;
        return [
          { kind: collectionKind, key: entry.collection, path: `${path}/collection` },
          ...audienceUses(entry, path),
          ...audienceUses({ audiences: model?.audiences ?? [] }, `${path}/ranking/model`),
        ];
      }),
      ...(body.fallback === undefined ? [] : [{ kind: offerKind, key: body.fallback, path: "/fallback" }]),
    ],
  };
}
