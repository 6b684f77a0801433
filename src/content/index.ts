import { Type } from "typebox";
import type { DefinitionKind, DefinitionReference } from "../definitions/index.ts";
import type { ErrorDetail, JsonObject, JsonValue } from "../kernel/index.ts";
import { sanitizeMarkup } from "./sanitize-markup.ts";

export { sanitizeMarkup } from "./sanitize-markup.ts";

/** A dynamic block: one piece of content for one placement and some of the visitors. */
export type BlockBody = {
  readonly placement: string;
  /** Lower first: the first block that a visitor may see is shown. */
  readonly priority: number;
  /** Audience keys; a visitor in any of them sees the block; empty = everybody. */
  readonly audiences: readonly string[];
  /** A further condition of the rule language; both must hold. */
  readonly rule?: JsonValue;
  readonly html: string;
  readonly link?: string;
  readonly alt?: string;
  /** Where clients that render by themselves put the markup. */
  readonly dom?: BlockTarget;
  /** What clients get that ask for data instead of markup. */
  readonly json?: JsonObject;
};

/** An element of the page and what happens to it; `view` limits it to one view of a single-page shop. */
export type BlockTarget = {
  readonly selector: string;
  readonly action: (typeof domActions)[number];
  readonly view?: string;
};

const domActions = ["setHtml", "replaceHtml", "insertBefore", "insertAfter", "prependHtml", "appendHtml"] as const;
const maxMarkup = 100_000;
const maxJson = 32_768;

export const placementSchema = Type.String({
  // A surface is how Adobe's clients name a page or a part of it.
  pattern: "^(?:[a-z0-9][a-z0-9._-]{0,99}|web://[a-z0-9.:-]{1,100}/[^\\s?]{0,200})$",
  description: "Name of a place on a page, e.g. home.hero, or a surface web://host/path#part",
});

const targetSchema = Type.Object(
  {
    selector: Type.String({ minLength: 1, maxLength: 500, description: "CSS selector" }),
    action: Type.Union(domActions.map((action) => Type.Literal(action))),
    view: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: "View of a single-page shop" })),
  },
  { additionalProperties: false },
);

const blockSchema = Type.Object(
  {
    placement: placementSchema,
    priority: Type.Integer({ minimum: 0, maximum: 1_000_000, description: "Lower first" }),
    audiences: Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100 }),
    rule: Type.Optional(Type.Unknown()),
    html: Type.String({ minLength: 1, maxLength: maxMarkup }),
    link: Type.Optional(Type.String({ maxLength: 2_000 })),
    alt: Type.Optional(Type.String({ maxLength: 500 })),
    dom: Type.Optional(targetSchema),
    json: Type.Optional(Type.Record(Type.String({ maxLength: 200 }), Type.Unknown())),
  },
  { additionalProperties: false },
);

/** Link targets a block may carry: absolute http(s) or a path of the shop. */
function isSafeLink(link: string): boolean {
  if (link.startsWith("/") && !link.startsWith("//")) return true;
  return URL.canParse(link) && /^https?:$/.test(new URL(link).protocol);
}

/** References of a body to the audiences it names; shared by every kind with an `audiences` list. */
export function audienceReferences(body: { readonly audiences: readonly string[] }): readonly DefinitionReference[] {
  return body.audiences.map((key, index) => ({ kind: "audience", key, path: `/audiences/${index}` }));
}

/**
 * The definition kind `block`.
 *
 * @param checkRule faults of a rule as blocks may use it; paths start with `/rule`
 */
export function createBlockKind(checkRule: (rule: JsonValue) => readonly ErrorDetail[]): DefinitionKind<BlockBody> {
  return {
    kind: "block",
    label: "Dynamic block",
    schema: blockSchema,
    check: (body) => {
      const faults: ErrorDetail[] = body.rule === undefined ? [] : [...checkRule(body.rule)];
      if (body.link !== undefined && !isSafeLink(body.link)) {
        faults.push({
          path: "/link",
          code: "content.link",
          message: "must be an http(s) address or a path of the shop",
        });
      }
      if (body.json !== undefined && JSON.stringify(body.json).length > maxJson) {
        faults.push({ path: "/json", code: "content.tooLarge", message: `must be at most ${maxJson} characters` });
      }
      if (sanitizeMarkup(body.html).trim() === "") {
        faults.push({
          path: "/html",
          code: "content.empty",
          message: "nothing is left after unsafe markup was removed",
        });
      }
      return faults;
    },
    references: audienceReferences,
  };
}

export type BlockValue = {
  readonly blockId: string;
  readonly name: string;
  /** Sanitised markup. */
  readonly html: string;
  readonly link?: string;
  readonly alt?: string;
  readonly dom?: BlockTarget;
  readonly json?: JsonObject;
};

// Sanitising takes longer than the whole rest of a decision; a version of a block never changes.
const sanitizedByBody = new WeakMap<BlockBody, string>();

/** What a visitor gets of a block. */
export function blockValue(definition: {
  readonly id: string;
  readonly name: string;
  readonly body: BlockBody;
}): BlockValue {
  const { body } = definition;
  let html = sanitizedByBody.get(body);
  if (html === undefined) {
    html = sanitizeMarkup(body.html);
    sanitizedByBody.set(body, html);
  }
  return {
    blockId: definition.id,
    name: definition.name,
    html,
    ...(body.link === undefined ? {} : { link: body.link }),
    ...(body.alt === undefined ? {} : { alt: body.alt }),
    ...(body.dom === undefined ? {} : { dom: body.dom }),
    ...(body.json === undefined ? {} : { json: body.json }),
  };
}
