import { ActionButton, ComboBox, ComboBoxItem, Switch, Text } from "@react-spectrum/s2";
import Close from "@react-spectrum/s2/icons/Close";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { namespaceName } from "../identity/words.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { muted, plainList, row, stack, strong } from "../ui/styles.ts";
import type { IdentifierChoice } from "./shapes.ts";

const m = messages.activation;
const width = style({ width: 320 });
const usual = ["email", "phone", "user_id", "loyalty_id", "email_sha256", "anonymous_id", "profile_id"];
/** Random numbers of ours: a hash of one tells nobody anything. */
const neverHashed = new Set(["profile_id", "email_sha256"]);
const namespacePattern = /^[a-z][A-Za-z0-9_.:-]{0,99}$/;

type Props = {
  values: readonly IdentifierChoice[];
  onChange: (values: readonly IdentifierChoice[]) => void;
  isReadOnly: boolean;
};

/** Which identifiers leave, each plain or as a hash. */
export function IdentifiersField({ values, onChange, isReadOnly }: Props) {
  const named = new Set(values.map(({ namespace }) => namespace));
  return (
    <Panel title={m.identifiers} description={m.identifiersText}>
      <div className={stack}>
        {values.length === 0 ? <p className={muted}>{m.noIdentifier}</p> : null}
        <ul className={plainList}>
          {values.map((each) => (
            <li key={`${each.namespace} ${each.hash ?? false}`} className={row}>
              <span className={strong}>{nameOf(each.namespace)}</span>
              {neverHashed.has(each.namespace) ? null : (
                <Switch
                  size="S"
                  aria-label={`${nameOf(each.namespace)}: ${m.hashed}`}
                  isDisabled={isReadOnly}
                  isSelected={each.hash ?? false}
                  onChange={(hash) => onChange(values.map((other) => (other === each ? { ...each, hash } : other)))}
                >
                  {m.hashed}
                </Switch>
              )}
              {isReadOnly ? null : (
                <ActionButton
                  size="S"
                  isQuiet
                  aria-label={m.removeIdentifier(nameOf(each.namespace))}
                  onPress={() => onChange(values.filter((other) => other !== each))}
                >
                  <Close />
                </ActionButton>
              )}
            </li>
          ))}
        </ul>
        {isReadOnly ? null : (
          <AddIdentifier
            choices={usual.filter((namespace) => !named.has(namespace))}
            onAdd={(namespace) => {
              if (!named.has(namespace)) onChange([...values, { namespace, hash: false }]);
            }}
          />
        )}
      </div>
    </Panel>
  );
}

function nameOf(namespace: string): string {
  return namespace === "profile_id" ? m.columnNames.profile_id : namespaceName(namespace);
}

function AddIdentifier({ choices, onAdd }: { choices: readonly string[]; onAdd: (namespace: string) => void }) {
  const [typed, setTyped] = useState("");
  const take = (text: string) => {
    if (!namespacePattern.test(text.trim())) return;
    onAdd(text.trim());
    setTyped("");
  };
  const needle = typed.toLowerCase();
  return (
    <ComboBox
      label={m.addIdentifier}
      styles={width}
      menuTrigger="focus"
      allowsCustomValue
      selectedKey={null}
      inputValue={typed}
      onInputChange={setTyped}
      onSelectionChange={(key) => take(key === null ? typed : String(key))}
      items={choices
        .filter((id) => `${id} ${nameOf(id)}`.toLowerCase().includes(needle))
        .map((id) => ({ id, name: nameOf(id) }))}
    >
      {({ id, name }) => (
        <ComboBoxItem id={id} textValue={id}>
          <Text slot="label">{name}</Text>
          <Text slot="description">{id}</Text>
        </ComboBoxItem>
      )}
    </ComboBox>
  );
}
