import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { ChoiceField } from "../connectors/choice-field.tsx";
import type { FormProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { patched } from "./patched.ts";
import { newConditions, QueryConditionsField } from "./query-conditions-field.tsx";
import { RuleParts } from "./rule-parts.tsx";
import type { SearchRuleBody } from "./shapes.ts";

const m = messages.merchandising.rule;
const choiceWidth = style({ width: 320, maxWidth: "full" });
type AppliesTo = keyof typeof m.appliesToChoices;

export function SearchRuleForm(props: FormProps<SearchRuleBody>) {
  const { body, onChange, faults, isReadOnly } = props;
  const { query, lists } = body;
  const appliesTo: AppliesTo = query ? "some" : lists === "all" ? "all" : "search";
  const choose = (next: string) => {
    if (next === "some") onChange(patched(body, { query: newConditions, lists: undefined }));
    else onChange(patched(body, { query: undefined, lists: next === "all" ? "all" : undefined }));
  };
  return (
    <>
      <Panel title={m.when} description={m.whenText}>
        <ChoiceField
          label={m.appliesTo}
          styles={choiceWidth}
          isReadOnly={isReadOnly}
          choices={Object.entries(m.appliesToChoices).map(([key, label]) => ({ key, label }))}
          value={appliesTo}
          onChange={choose}
        />
        {query ? (
          <QueryConditionsField
            value={query}
            faults={faults}
            isReadOnly={isReadOnly}
            onChange={(next) => onChange({ ...body, query: next })}
          />
        ) : null}
      </Panel>
      <RuleParts {...props} kind="search-rule" category={null} firstQuery={query?.conditions[0]?.value ?? ""} />
    </>
  );
}
