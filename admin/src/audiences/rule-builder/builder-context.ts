import { createContext, useContext } from "react";
import { itemAttributes } from "./item-attributes.data.ts";
import type { AttributeSpec } from "./operators.ts";

type Builder = {
  readonly attributes: readonly AttributeSpec[];
  readonly isReadOnly: boolean;
  readonly ownKey: string | undefined;
  readonly categories: readonly string[];
  /** What `item` is here: a key of `itemAttributes`; absent where there is none in hand. */
  readonly elements?: string;
  /** The currency that a new amount has; absent = USD. */
  readonly currency?: string;
};

export const BuilderContext = createContext<Builder>({
  attributes: [],
  isReadOnly: false,
  ownKey: undefined,
  categories: [],
});

/** Inside conditions on an element the catalog also holds what `item` is there. */
export function withItems(builder: Builder, elements: string): Builder {
  const others = builder.attributes.filter(({ path }) => !/^item(\.|$)/.test(path));
  return { ...builder, elements, attributes: [...(itemAttributes[elements] ?? []), ...others] };
}

export function useBuilder(): Builder {
  return useContext(BuilderContext);
}
