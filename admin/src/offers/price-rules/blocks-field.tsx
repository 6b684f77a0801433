import type { Fault } from "../../api/client.ts";
import { DefinitionsField } from "../../definitions/definition-field.tsx";
import { messages } from "../../messages.data.ts";

const m = messages.priceRules;

type Props = {
  values: readonly string[];
  onChange: (keys: readonly string[]) => void;
  isReadOnly: boolean;
  faults: readonly Fault[];
};

/** Blocks that are shown with a rule, by name; the rule holds their keys. */
export function BlocksField(props: Props) {
  return (
    <DefinitionsField
      kind="block"
      label={m.blocks}
      description={m.blocksText}
      placeholder={m.noBlocks}
      path="/blocks"
      {...props}
    />
  );
}
