import { Picker, PickerItem } from "@react-spectrum/s2";
import { useDefinitionChoices } from "../../definitions/use-definition.ts";
import { messages } from "../../messages.data.ts";
import { row } from "../../ui/styles.ts";
import { useBuilder } from "./builder-context.ts";
import type { AudienceNode } from "./rule-model.ts";

const m = messages.rules;

type Props = { node: AudienceNode; onChange: (node: AudienceNode) => void };

/** Is, or is not, in one of other audiences. */
export function AudienceEditor({ node, onChange }: Props) {
  const { isReadOnly, ownKey } = useBuilder();
  const choices = useDefinitionChoices("audience").data?.items ?? [];
  const known = new Map(choices.filter(({ key }) => key !== ownKey).map(({ key, name }) => [key, name]));
  for (const key of node.audiences) if (!known.has(key)) known.set(key, key);
  return (
    <div className={row}>
      <Picker
        aria-label={m.membership}
        size="S"
        isDisabled={isReadOnly}
        selectedKey={node.member ? "in" : "out"}
        onSelectionChange={(key) => onChange({ ...node, member: key === "in" })}
      >
        <PickerItem id="in">{m.isMember}</PickerItem>
        <PickerItem id="out">{m.isNoMember}</PickerItem>
      </Picker>
      <Picker
        aria-label={m.audiences}
        size="S"
        selectionMode="multiple"
        placeholder={m.chooseAudience}
        isDisabled={isReadOnly}
        value={[...node.audiences]}
        onChange={(keys) => {
          const audiences = [...(keys as Iterable<string | number>)].map(String);
          onChange({ ...node, audiences, for: audiences.length === 1 ? node.for : undefined });
        }}
      >
        {[...known].map(([key, name]) => (
          <PickerItem key={key} id={key}>
            {name}
          </PickerItem>
        ))}
      </Picker>
    </div>
  );
}
