import { useMemo, useState } from "react";
import type { Json, JsonObject } from "../../api/shapes.ts";
import { BuilderContext } from "../../audiences/rule-builder/builder-context.ts";
import { GroupEditor } from "../../audiences/rule-builder/group-editor.tsx";
import { toModel } from "../../audiences/rule-builder/to-model.ts";
import { toRule } from "../../audiences/rule-builder/to-rule.ts";
import { useAttributes } from "../../audiences/use-attributes.ts";

type Props = { rule: Json; onChange: (rule: JsonObject) => void; isReadOnly: boolean };

/** Conditions on the event alone. */
export function EventRuleField({ rule, onChange, isReadOnly }: Props) {
  const attributes = useAttributes();
  const [edited, setEdited] = useState(() => ({ rule: JSON.stringify(rule), tree: toModel(rule) }));
  // The tree is kept while it stands for the rule from outside, else read anew.
  const current = edited.rule === JSON.stringify(rule) ? edited : { rule: JSON.stringify(rule), tree: toModel(rule) };
  const context = useMemo(
    () => ({ attributes: attributes.data ?? [], isReadOnly, ownKey: undefined, categories: [] }),
    [attributes.data, isReadOnly],
  );
  return (
    <BuilderContext value={context}>
      <GroupEditor
        group={current.tree}
        subjects={["event"]}
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
