import type { Attach } from "./attach.ts";
import type { DecideOptions, DecideResult } from "./decide.ts";
import { blockContent, unitContent } from "./templates.ts";
import { type Decision, isUnit } from "./types.ts";

/** Makes the nodes of a decision; null or undefined falls back to the built-in template. */
export type Template = (decision: Decision) => Node | null | undefined;

/**
 * Where to render: elements by placement, or an element with `data-clientele-placement`, or one that contains such
 * elements.
 */
export type RenderTarget = Element | Readonly<Record<string, Element>>;

export type RenderOptions = DecideOptions & {
  readonly template?: Template;
  /** Decisions already at hand, from `decide` or from the shop's server; without them the server is asked. */
  readonly decisions?: readonly Decision[];
};

export type RenderResult = DecideResult & {
  /** Placements that now show a decision; the others keep the content they had. */
  readonly rendered: readonly string[];
};

const attribute = "data-clientele-placement";

function elementsByPlacement(target: RenderTarget): ReadonlyMap<string, Element> {
  if (!(target instanceof Element)) return new Map(Object.entries(target));
  const marked = target.hasAttribute(attribute) ? [target] : Array.from(target.querySelectorAll(`[${attribute}]`));
  return new Map(marked.map((element) => [element.getAttribute(attribute) ?? "", element]));
}

function builtIn(decision: Decision): Node | undefined {
  if (decision.kind === "block") return blockContent(decision.value);
  return isUnit(decision) ? unitContent(decision.value) : undefined;
}

export type RenderParts = {
  readonly decide: (placements: readonly string[], options?: DecideOptions) => Promise<DecideResult>;
  readonly attach: Attach["attach"];
};

export function createRender({ decide, attach }: RenderParts) {
  return async (target: RenderTarget, options: RenderOptions = {}): Promise<RenderResult> => {
    const { template, decisions, ...decideOptions } = options;
    const elements = elementsByPlacement(target);
    if (elements.size === 0) return { decisions: [], rendered: [] };
    const result = decisions ? { decisions } : await decide([...elements.keys()], decideOptions);
    const rendered: string[] = [];
    for (const decision of result.decisions) {
      const element = elements.get(decision.placement);
      const content = element && (template?.(decision) ?? builtIn(decision));
      const isEmpty = !content || (content instanceof DocumentFragment && !content.hasChildNodes());
      // Nothing qualified: what the shop put there itself stays.
      if (isEmpty) continue;
      element.replaceChildren(content);
      attach(decision, element);
      rendered.push(decision.placement);
    }
    return { ...result, rendered };
  };
}
