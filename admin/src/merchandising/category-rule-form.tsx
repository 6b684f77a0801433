import { Switch } from "@react-spectrum/s2";
import { type FormProps, invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { rowStart } from "../ui/styles.ts";
import { CategoryPathField } from "./category-path-field.tsx";
import { patched } from "./patched.ts";
import { RuleParts } from "./rule-parts.tsx";
import type { CategoryRuleBody } from "./shapes.ts";

const m = messages.merchandising.rule;

export function CategoryRuleForm(props: FormProps<CategoryRuleBody>) {
  const { body, onChange, faults, isReadOnly } = props;
  return (
    <>
      <Panel title={m.where}>
        <div className={rowStart}>
          <CategoryPathField
            value={body.category}
            isReadOnly={isReadOnly}
            fault={invalidProps(faults, "/category")}
            onChange={(category) => onChange({ ...body, category })}
          />
        </div>
        <Switch
          isSelected={body.applyToSubcategories ?? false}
          isDisabled={isReadOnly}
          onChange={(on) => onChange(patched(body, { applyToSubcategories: on || undefined }))}
        >
          {m.applyToSubcategories}
        </Switch>
      </Panel>
      <RuleParts {...props} kind="category-rule" category={body.category} firstQuery="" />
    </>
  );
}
