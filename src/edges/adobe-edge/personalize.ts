// `query.personalization` answered by the decision path: scopes and surfaces are placements, the page-wide scope `__view__`
// is every live block that says where on the page it goes.
import type { Decision } from "../../decisions/index.ts";
import { isObject, type JsonObject } from "../../kernel/index.ts";
import { signProposition } from "./proposition-token.ts";
import { compact, type Loose, listOf, objectOf, textOf } from "./values.ts";

export const pageScope = "__view__";
const schemaPrefix = "https://ns.adobe.com/personalization/";
const maxAsked = 100;
/** As many as one decision call takes. */
const maxPlacements = 50;

export type PersonalizationQuery = {
  /** Last parts of the schemas that the page can take; empty = any. */
  readonly schemas: ReadonlySet<string>;
  readonly isPageWide: boolean;
  /** Scope as asked → placement. */
  readonly placementByScope: ReadonlyMap<string, string>;
};

export type Proposition = {
  readonly id: string;
  readonly scope: string;
  readonly scopeDetails: JsonObject;
  readonly items: readonly JsonObject[];
};

/** A surface as placements are written: lower-case host, no query, no trailing slash. */
export function placementOfSurface(surface: string): string {
  const match = /^web:\/\/([^/?#]+)([^?#]*)(?:\?[^#]*)?(#.*)?$/i.exec(surface);
  if (!match) return surface;
  const [, host = "", path = "", fragment = ""] = match;
  return `web://${host.toLowerCase()}${path.length > 1 ? path.replace(/\/+$/, "") : "/"}${fragment}`;
}

/** What a page asks for; undefined when it asks for nothing. */
export function readPersonalizationQuery(query: unknown): PersonalizationQuery | undefined {
  const asked = objectOf(query)["personalization"];
  if (!isObject(asked)) return undefined;
  const texts = (value: unknown) => listOf(value, maxAsked).flatMap((each) => textOf(each) ?? []);
  const scopes = texts(asked["decisionScopes"]);
  const placementByScope = new Map<string, string>();
  for (const scope of scopes) if (scope !== pageScope) placementByScope.set(scope, scope);
  for (const surface of texts(asked["surfaces"])) placementByScope.set(surface, placementOfSurface(surface));
  return {
    schemas: new Set(texts(asked["schemas"]).map((schema) => schema.slice(schema.lastIndexOf("/") + 1))),
    isPageWide: scopes.includes(pageScope),
    placementByScope,
  };
}

/**
 * Placements to decide, at most 50.
 *
 * @param domPlacements placements of live blocks that name an element of the page
 */
export function placementsOf(query: PersonalizationQuery, domPlacements: readonly string[]): readonly string[] {
  const asked = [...query.placementByScope.values(), ...(query.isPageWide ? domPlacements : [])];
  return [...new Set(asked)].slice(0, maxPlacements);
}

type Target = { readonly selector: string; readonly action: string; readonly view?: string };

function targetOf(value: Loose): Target | undefined {
  const dom = objectOf(value["dom"]);
  const { selector, action, view } = dom;
  if (typeof selector !== "string" || typeof action !== "string") return undefined;
  return { selector, action, ...(typeof view === "string" ? { view } : {}) };
}

function activityOf(value: Loose, placement: string): string {
  return textOf(value["blockId"] ?? value["unitId"] ?? value["offerId"] ?? value["id"]) ?? placement;
}

function accepts(query: PersonalizationQuery, schema: string): boolean {
  return query.schemas.size === 0 || query.schemas.has(schema);
}

function item(decision: Decision, schema: string, data: JsonObject): JsonObject {
  const value = objectOf(decision.value);
  const id = activityOf(value, decision.placement);
  return compact({
    id: decision.decisionId,
    schema: `${schemaPrefix}${schema}`,
    meta: compact({ "activity.id": id, "activity.name": textOf(value["name"]) }),
    characteristics: compact({ trackingLabel: textOf(value["name"]) }),
    data,
  });
}

function domItem(decision: Decision, { selector, action }: Target): JsonObject {
  return item(decision, "dom-action", {
    type: action,
    format: "application/vnd.adobe.target.dom-action",
    content: textOf(decision.value?.["html"], 200_000) ?? "",
    selector,
    // The Web SDK hides it until the content is there.
    prehidingSelector: selector,
  });
}

/** Data where the decision has data, markup where it has markup: as far as the page can take them. */
function contentItem(
  query: PersonalizationQuery,
  decision: Decision,
  target: Target | undefined,
): JsonObject | undefined {
  const value = objectOf(decision.value);
  const html = textOf(value["html"], 200_000);
  const json = isObject(value["json"]) ? value["json"] : html === undefined ? value : undefined;
  if (json !== undefined && accepts(query, "json-content-item")) {
    const content = json as JsonObject;
    return item(decision, "json-content-item", { id: decision.decisionId, format: "application/json", content });
  }
  if (html === undefined || !accepts(query, "html-content-item")) return undefined;
  const place = target === undefined ? {} : { type: target.action, selector: target.selector };
  return item(decision, "html-content-item", { id: decision.decisionId, format: "text/html", content: html, ...place });
}

export type PropositionSigner = { readonly ecid: string; readonly secret: string };

function proposition(
  decision: Decision,
  { id, scope, isView }: { readonly id: string; readonly scope: string; readonly isView: boolean },
  content: JsonObject,
  signer: PropositionSigner,
): Proposition {
  const value = objectOf(decision.value);
  const activityId = activityOf(value, decision.placement);
  const checked = { decisionId: decision.decisionId, placement: decision.placement, activityId };
  return {
    id,
    scope,
    scopeDetails: {
      // Of the providers that the Web SDK knows, this is the one whose clicks it reports without being told to.
      decisionProvider: "AJO",
      correlationID: decision.decisionId,
      activity: { id: activityId },
      experience: { id: textOf(value["variationId"] ?? value["variation"]) ?? "0" },
      strategies: [{ algorithmID: "0", trafficType: "0" }],
      characteristics: compact({
        eventToken: signer.secret === "" ? undefined : signProposition(checked, signer.ecid, signer.secret),
        scopeType: isView ? "view" : undefined,
      }),
    },
    items: [content],
  };
}

/** Propositions of the scopes that were asked and have something to show; page-wide ones with every view of the shop. */
export function toPropositions(
  query: PersonalizationQuery,
  decisions: readonly Decision[],
  signer: PropositionSigner,
): readonly Proposition[] {
  const byPlacement = new Map(decisions.map((decision) => [decision.placement, decision]));
  const found: Proposition[] = [];
  const used = new Set<string>();
  const add = (decision: Decision, scope: string, isView: boolean, content: JsonObject | undefined): void => {
    if (!content) return;
    // One decision shown in two scopes is two propositions.
    const id = used.has(decision.decisionId) ? `${decision.decisionId}:${found.length}` : decision.decisionId;
    used.add(decision.decisionId);
    found.push(proposition(decision, { id, scope, isView }, content, signer));
  };
  const asked = new Set(query.placementByScope.values());
  if (query.isPageWide && accepts(query, "dom-action")) {
    for (const decision of decisions) {
      const target = targetOf(objectOf(decision.value));
      // A surface is answered under its own name below.
      if (!target || (asked.has(decision.placement) && decision.placement.startsWith("web://"))) continue;
      add(decision, target.view ?? pageScope, target.view !== undefined, domItem(decision, target));
    }
  }
  for (const [scope, placement] of query.placementByScope) {
    const decision = byPlacement.get(placement);
    if (!decision?.value) continue;
    const target = targetOf(decision.value);
    const isPage = placement.startsWith("web://") && !placement.includes("#");
    const content =
      isPage && target && accepts(query, "dom-action")
        ? domItem(decision, target)
        : contentItem(query, decision, isPage || placement.startsWith("web://") ? target : undefined);
    add(decision, scope, false, content);
  }
  return found;
}
