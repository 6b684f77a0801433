import { Picker, PickerItem, Switch } from "@react-spectrum/s2";
import { useDefinitionChoices } from "../../definitions/use-definition.ts";
import { messages } from "../../messages.data.ts";
import { row } from "../../ui/styles.ts";
import { useBuilder } from "./builder-context.ts";
import { DurationField } from "./duration-field.tsx";
import type { AudienceNode } from "./rule-model.ts";
import { useFault } from "./tree-context.ts";

const m = messages.rules;

type Props = { node: AudienceNode; onChange: (node: AudienceNode) => void };

/** Is, or is not, in one of other audiences. */
export function AudienceEditor({ node, onChange }: Props) {
  const { isReadOnly, ownKey } = useBuilder();
  const idFault = useFault(node.id, "id");
  const idsFault = useFault(node.id, "ids");
  const forFault = useFault(node.id, "for");
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
        {...(idFault.isInvalid ? idFault : idsFault)}
      >
        {[...known].map(([key, name]) => (
          <PickerItem key={key} id={key}>
            {name}
          </PickerItem>
        ))}
      </Picker>
      {node.audiences.length === 1 ? (
        <>
          <Switch
            size="S"
            isDisabled={isReadOnly}
            isSelected={node.for !== undefined}
            onChange={(on) => onChange({ ...node, for: on ? "30d" : undefined })}
          >
            {messages.builder.since}
          </Switch>
          {node.for === undefined ? null : (
            <DurationField
              label={messages.builder.sinceAtLeast}
              value={node.for}
              onChange={(since) => onChange({ ...node, for: since })}
              {...forFault}
            />
          )}
        </>
      ) : null}
    </div>
  );
}
