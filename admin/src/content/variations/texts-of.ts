import type { Json } from "../../api/shapes.ts";
import type { BlockContent } from "../shapes.ts";

export type TextPlace = {
  /** JSON pointer into the body. */
  readonly field: string;
  readonly text: string;
};

const maxPlaces = 200;
const maxDepth = 10;
const escaped = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");

/** Every text of a block's own content that may have variations: HTML, the text in place of it, and the texts of its data. */
export function textsOf({ html, alt, json }: BlockContent): readonly TextPlace[] {
  const places: TextPlace[] = [];
  const add = (field: string, value: Json | undefined, depth: number): void => {
    if (places.length >= maxPlaces || depth > maxDepth) return;
    if (typeof value === "string") {
      if (value !== "") places.push({ field, text: value });
    } else if (Array.isArray(value)) {
      for (const [index, each] of value.entries()) add(`${field}/${index}`, each, depth + 1);
    } else if (typeof value === "object" && value !== null) {
      for (const [name, each] of Object.entries(value))
        if (name !== "") add(`${field}/${escaped(name)}`, each, depth + 1);
    }
  };
  add("/html", html, 0);
  add("/alt", alt, 0);
  add("/json", json, 0);
  return places;
}
