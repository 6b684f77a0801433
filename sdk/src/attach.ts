import { type Decision, isUnit } from "./types.ts";
import { createViewObserver, type ViewObserver } from "./visibility.ts";

type Track = (type: string, properties: Readonly<Record<string, unknown>>) => unknown;

export type Attach = {
  /** Reports impression, view and clicks of a decision that stands in `element`. @returns stops it */
  attach(decision: Decision, element: Element): () => void;
  stop(): void;
};

// Decisions are answered once per page view; this bounds a page that lives for days.
const rememberedLimit = 1_000;

type UnitDecision = Extract<Decision, { readonly kind: "recommendations" | "related-products" }>;
type BlockDecision = Extract<Decision, { readonly kind: "block" }>;

/** Ties what is shown to what is done with it; each event of a decision is sent once, however often it is attached. */
export function createAttach(track: Track): Attach {
  const sent = new Set<string>();
  const stopByElement = new Map<Element, () => void>();
  let views: ViewObserver | undefined;

  const once = (
    type: string,
    decisionId: string,
    detail: string,
    properties: Readonly<Record<string, unknown>>,
  ): void => {
    const key = [type, decisionId, detail].join("\n");
    if (sent.has(key)) return;
    if (sent.size >= rememberedLimit) sent.clear();
    sent.add(key);
    track(type, properties);
  };

  const attachUnit = (decision: UnitDecision, element: Element, signal: AbortSignal): void => {
    const { decisionId, placement, value } = decision;
    const unit = { decisionId, placement, unitId: value.unitId, unitName: value.label };
    const items = value.items.map(({ sku, name }, index) => ({ sku, name, rank: index + 1 }));
    once("recsUnitRender", decisionId, "", { ...unit, items });
    views ??= createViewObserver();
    const observer = views;
    observer.observe(element, () => once("recsUnitView", decisionId, "", { ...unit, items }));
    signal.addEventListener("abort", () => observer.unobserve(element));
    onClick(element, signal, (target) => {
      const toCart = target.closest("[data-clientele-add-to-cart]");
      // Other controls of a product's tile (compare, remember) say nothing about the recommendation.
      const isLink = target.closest("a, button, [data-clientele-sku]")?.matches("a, button[data-clientele-sku]");
      if (!toCart && !isLink) return;
      const sku =
        toCart?.getAttribute("data-clientele-add-to-cart") ||
        target.closest("[data-clientele-sku]")?.getAttribute("data-clientele-sku");
      const item = items.find((candidate) => candidate.sku === sku);
      if (!item) return;
      const type = toCart ? "recsItemAddToCartClick" : "recsItemClick";
      once(type, decisionId, item.sku, { ...unit, sku: item.sku, rank: item.rank, items: [item] });
    });
  };

  const attachBlock = (decision: BlockDecision, element: Element, signal: AbortSignal): void => {
    const { decisionId, placement, value } = decision;
    const properties = { decisionId, placement, blockId: value.blockId };
    once("propositionDisplay", decisionId, "", properties);
    onClick(element, signal, (target) => {
      if (target.closest("a, button")) once("propositionInteract", decisionId, "", properties);
    });
  };

  return {
    attach(decision, element) {
      stopByElement.get(element)?.();
      const abort = new AbortController();
      const stop = (): void => {
        abort.abort();
        if (stopByElement.get(element) === stop) stopByElement.delete(element);
      };
      stopByElement.set(element, stop);
      if (decision.kind === "block") attachBlock(decision, element, abort.signal);
      else if (isUnit(decision) && decision.value.items.length > 0) attachUnit(decision, element, abort.signal);
      return stop;
    },
    stop() {
      for (const stop of [...stopByElement.values()]) stop();
    },
  };
}

// The middle button opens a tab: a click as well, which browsers report apart.
function onClick(element: Element, signal: AbortSignal, handle: (target: Element) => void): void {
  for (const type of ["click", "auxclick"]) {
    element.addEventListener(type, (event) => event.target instanceof Element && handle(event.target), { signal });
  }
}
