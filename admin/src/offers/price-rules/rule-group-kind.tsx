import { NumberField, TextArea } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { ChoiceField } from "../../connectors/choice-field.tsx";
import { type FormProps, invalidProps, type KindPage } from "../../definitions/kind-page.ts";
import { messages } from "../../messages.data.ts";
import { Panel } from "../../ui/page.tsx";
import { rowStart } from "../../ui/styles.ts";
import { groupModes, type RuleGroupBody } from "./shapes.ts";
import { withField } from "./with-field.ts";

const m = messages.priceRules.group;
const wide = style({ width: "full" });
const pers = ["cart", "line"] as const;

export const ruleGroupKind: KindPage<RuleGroupBody> = {
  kind: "price-rule-group",
  path: "/price-rule-groups",
  texts: m.kind,
  columns: [],
  emptyBody: () => ({ priority: 10, mode: "highest" }),
  Form: RuleGroupForm,
  tabs: [],
};

/** In which order groups run, and how many rules of one act. */
function RuleGroupForm({ body, onChange, faults, isReadOnly }: FormProps<RuleGroupBody>) {
  return (
    <Panel title={m.title}>
      <div className={rowStart}>
        <ChoiceField
          label={m.mode}
          isReadOnly={isReadOnly}
          value={body.mode}
          choices={groupModes.map((key) => ({ key, ...m.modes[key] }))}
          onChange={(key) => onChange({ ...body, mode: groupModes.find((each) => each === key) ?? "stackable" })}
        />
        {body.mode === "stackable" ? null : (
          <ChoiceField
            label={m.per}
            isReadOnly={isReadOnly}
            value={body.per ?? "cart"}
            choices={pers.map((key) => ({ key, label: m.pers[key] }))}
            onChange={(key) => onChange({ ...body, per: key === "line" ? "line" : "cart" })}
          />
        )}
        <NumberField
          label={messages.priceRules.priority}
          description={m.priorityText}
          value={body.priority}
          isReadOnly={isReadOnly}
          onChange={(priority) => onChange({ ...body, priority: Number.isNaN(priority) ? 0 : Math.round(priority) })}
          {...invalidProps(faults, "/priority")}
        />
      </div>
      <TextArea
        label={messages.priceRules.description}
        styles={wide}
        value={body.description ?? ""}
        isReadOnly={isReadOnly}
        onChange={(text) => onChange(withField(body, "description", text === "" ? undefined : text))}
        {...invalidProps(faults, "/description")}
      />
    </Panel>
  );
}
