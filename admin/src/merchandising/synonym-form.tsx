import { TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { ChoiceField } from "../connectors/choice-field.tsx";
import { type FormProps, invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { ListField } from "../ui/list-field.tsx";
import { Panel } from "../ui/page.tsx";
import { faultsBelow } from "./faults-below.ts";
import { mutedAlert } from "./muted-alert.tsx";
import type { SynonymBody } from "./read-synonyms.ts";

const m = messages.merchandising.synonym;
const choiceWidth = style({ width: 240, maxWidth: "full" });

export function SynonymForm({ body, onChange, faults, isReadOnly }: FormProps<SynonymBody>) {
  const isOneWay = body.type === "one-way";
  return (
    <Panel title={m.words}>
      <ChoiceField
        label={m.type}
        styles={choiceWidth}
        isReadOnly={isReadOnly}
        choices={Object.entries(m.types).map(([key, texts]) => ({ key, ...texts }))}
        value={body.type}
        onChange={(type) => onChange({ ...body, type: type === "one-way" ? "one-way" : "two-way" })}
      />
      <TextField
        label={isOneWay ? m.keywordOne : m.keyword}
        maxLength={200}
        value={body.keyword}
        isReadOnly={isReadOnly}
        onChange={(keyword) => onChange({ ...body, keyword })}
        {...invalidProps(faults, "/keyword")}
      />
      <ListField
        label={isOneWay ? m.expansionsOne : m.expansions}
        values={body.expansions}
        isReadOnly={isReadOnly}
        onChange={(expansions) => onChange({ ...body, expansions })}
      />
      {mutedAlert(faultsBelow(faults, "/expansions"))}
    </Panel>
  );
}
