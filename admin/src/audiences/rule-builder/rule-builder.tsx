import { useMemo, useState } from "react";
import type { Json, JsonObject } from "../../api/shapes.ts";
import { useCategories } from "../../catalog/use-categories.ts";
import { useAttributes } from "../use-attributes.ts";
import { BuilderContext, withItems } from "./builder-context.ts";
import { GroupEditor } from "./group-editor.tsx";
import type { GroupNode } from "./rule-model.ts";
import { toModel } from "./to-model.ts";
import { toRule } from "./to-rule.ts";

type Props = {
  rule: Json | undefined;
  onChange: (rule: JsonObject) => void;
  isReadOnly: boolean;
  /** The audience being edited, which must not refer to itself. */
  ownKey?: string | undefined;
  /** What the rule may speak of; default the person, the cart and the request. */
  subjects?: readonly string[];
  /** What `item` is where the rule judges a single element, e.g. "event" for a product line. */
  elements?: string | undefined;
};

const visitor = ["profile", "cart", "context"];

/** Edits one rule as nested groups of conditions. */
export function RuleBuilder({ rule, onChange, isReadOnly, ownKey, subjects = visitor, elements }: Props) {
  const attributes = useAttributes();
  const categories = useCategories();
  const [edited, setEdited] = useState<{ rule: string; tree: GroupNode }>(() => read(rule));
  // The tree is kept while it stands for the rule from outside, else read anew (discard, roll back).
  const current = edited.rule === JSON.stringify(rule) ? edited : read(rule);
  const context = useMemo(
    () => ({
      attributes: attributes.data ?? [],
      isReadOnly,
      ownKey,
      categories: (categories.data ?? []).map(({ path }) => path),
    }),
    [attributes.data, categories.data, isReadOnly, ownKey],
  );
  return (
    <BuilderContext value={elements === undefined ? context : withItems(context, elements)}>
      <GroupEditor
        group={current.tree}
        subjects={subjects}
        depth={0}
        onChange={(tree) => {
          const next = toRule(tree);
          setEdited({ rule: JSON.stringify(next), tree });
          onChange(next);
        }}
      />
    </BuilderContext>
  );
}

function read(rule: Json | undefined): { rule: string; tree: GroupNode } {
  return { rule: JSON.stringify(rule), tree: toModel(rule) };
}
