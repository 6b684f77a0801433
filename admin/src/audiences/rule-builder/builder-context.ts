import { createContext, useContext } from "react";
import type { AttributeSpec } from "./operators.ts";

type Builder = {
  readonly attributes: readonly AttributeSpec[];
  readonly isReadOnly: boolean;
  readonly ownKey: string | undefined;
};

export const BuilderContext = createContext<Builder>({ attributes: [], isReadOnly: false, ownKey: undefined });

export function useBuilder(): Builder {
  return useContext(BuilderContext);
}
