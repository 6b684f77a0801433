import { useDefinitionChoices } from "../../definitions/use-definition.ts";
import { attributeLabel } from "./attribute-picker.tsx";
import { useBuilder } from "./builder-context.ts";
import { findAttribute } from "./operators.ts";
import type { GroupNode } from "./rule-model.ts";
import { toSentence } from "./to-sentence.ts";

/** The whole rule in words, with the names that people gave to what it speaks of. */
export function useSentence(tree: GroupNode, isAboutPeople = true): string {
  const { attributes } = useBuilder();
  const choices = useDefinitionChoices("audience").data?.items ?? [];
  const names = {
    attribute: (path: string) => {
      const spec = findAttribute(attributes, path);
      return spec && spec.path === path ? attributeLabel(spec) : path;
    },
    audience: (key: string) => choices.find((choice) => choice.key === key)?.name ?? key,
  };
  return toSentence(tree, names, isAboutPeople);
}
