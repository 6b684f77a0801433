import { ActionButton, ComboBox, ComboBoxItem, Text } from "@react-spectrum/s2";
import Close from "@react-spectrum/s2/icons/Close";
import { useState } from "react";
import { useDefinitionChoices } from "../definitions/use-definition.ts";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { movedItem, OrderList } from "../ui/order-list.tsx";
import { muted, rowBetween, stack } from "../ui/styles.ts";

const m = messages.rotations;
const maxBlocks = 100;

type Props = { keys: readonly string[]; onChange: (keys: readonly string[]) => void; isReadOnly: boolean };

/** Blocks in order, by name; the rotation holds their keys. */
export function RotatingBlocks({ keys, onChange, isReadOnly }: Props) {
  const known = useDefinitionChoices("block").data?.items ?? [];
  const items = keys.map((key) => {
    const block = known.find((each) => each.key === key);
    return { id: key, name: block?.name ?? key, block };
  });
  const others = known.filter(({ key, status }) => status !== "archived" && !keys.includes(key));
  return (
    <div className={stack}>
      {items.length === 0 ? <p className={muted}>{m.none}</p> : null}
      <OrderList
        label={m.blocks}
        items={items}
        isReadOnly={isReadOnly}
        handleText={messages.blocks.handle}
        movedText={messages.blocks.moved}
        onMove={(from, to) => onChange(movedItem(keys, from, to))}
      >
        {({ name, block, id }) => (
          <div className={rowBetween}>
            <span>
              {block ? <AppLink to={`/blocks/${block.id}`}>{name}</AppLink> : name}{" "}
              <span className={muted}>
                {messages.status[block?.status as keyof typeof messages.status] ?? m.unknown}
              </span>
            </span>
            {isReadOnly ? null : (
              <ActionButton
                isQuiet
                size="S"
                aria-label={m.remove(name)}
                onPress={() => onChange(keys.filter((key) => key !== id))}
              >
                <Close />
              </ActionButton>
            )}
          </div>
        )}
      </OrderList>
      {isReadOnly || keys.length >= maxBlocks ? null : (
        <AddBlock choices={others} onAdd={(key) => onChange([...keys, key])} />
      )}
    </div>
  );
}

type Choice = { readonly key: string; readonly name: string };

function AddBlock({ choices, onAdd }: { choices: readonly Choice[]; onAdd: (key: string) => void }) {
  const [text, setText] = useState("");
  return (
    <ComboBox
      label={m.add}
      placeholder={m.addPlaceholder}
      menuTrigger="focus"
      menuWidth={360}
      inputValue={text}
      onInputChange={setText}
      allowsCustomValue
      items={choices.filter(({ key, name }) => `${name} ${key}`.toLowerCase().includes(text.toLowerCase()))}
      onSelectionChange={(key) => {
        if (key === null) return;
        setText("");
        onAdd(String(key));
      }}
    >
      {(choice) => (
        <ComboBoxItem id={choice.key} textValue={choice.name}>
          <Text slot="label">{choice.name}</Text>
          <Text slot="description">{choice.key}</Text>
        </ComboBoxItem>
      )}
    </ComboBox>
  );
}
