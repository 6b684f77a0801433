import { Checkbox, CheckboxGroup, Disclosure, DisclosurePanel, DisclosureTitle, Switch } from "@react-spectrum/s2";
import { ChoiceField } from "../../connectors/choice-field.tsx";
import type { FormProps } from "../../definitions/kind-page.ts";
import { useDefinitionChoices } from "../../definitions/use-definition.ts";
import { messages } from "../../messages.data.ts";
import { ListField } from "../../ui/list-field.tsx";
import { rowStart, stack } from "../../ui/styles.ts";
import { type CartRuleBody, type DiscountClass, discountClasses } from "./shapes.ts";
import { orAbsent, withField } from "./with-field.ts";

const m = messages.priceRules.combine;
const none = "";

function toClasses(values: readonly string[]): readonly DiscountClass[] {
  return discountClasses.filter((each) => values.includes(each));
}

/** The group that a rule runs in, and which other rules it goes with. */
export function CombineFields({ body, onChange, isReadOnly }: FormProps<CartRuleBody>) {
  const groups = (useDefinitionChoices("price-rule-group").data?.items ?? []).filter(
    ({ status }) => status !== "archived",
  );
  const unlisted = body.group !== undefined && !groups.some(({ key }) => key === body.group) ? [body.group] : [];
  const { combinesWith } = body;
  return (
    <div className={stack}>
      <ChoiceField
        label={m.group}
        description={m.groupText}
        isReadOnly={isReadOnly}
        value={body.group ?? none}
        choices={[
          { key: none, label: m.noGroup },
          ...groups.map(({ key, name }) => ({ key, label: name })),
          ...unlisted.map((key) => ({ key, label: key })),
        ]}
        onChange={(key) => onChange(withField(body, "group", key === none ? undefined : key))}
      />
      <Disclosure size="S" isQuiet>
        <DisclosureTitle level={3}>{m.title}</DisclosureTitle>
        <DisclosurePanel>
          <div className={stack}>
            <div className={rowStart}>
              <ChoiceField
                label={m.class}
                description={m.classText}
                isReadOnly={isReadOnly}
                value={body.class ?? none}
                choices={[
                  { key: none, label: m.usualClass },
                  ...discountClasses.map((key) => ({ key, label: m.classes[key] })),
                ]}
                onChange={(key) => onChange(withField(body, "class", toClasses([key])[0]))}
              />
              <ListField
                label={m.tags}
                values={body.tags ?? []}
                isReadOnly={isReadOnly}
                onChange={(tags) => onChange(withField(body, "tags", orAbsent(tags)))}
              />
            </div>
            <Switch
              isSelected={combinesWith !== undefined}
              isDisabled={isReadOnly}
              onChange={(on) => onChange(withField(body, "combinesWith", on ? { classes: [] } : undefined))}
            >
              {m.onlyWith}
            </Switch>
            {combinesWith ? (
              <>
                <CheckboxGroup
                  label={m.withClasses}
                  orientation="horizontal"
                  isReadOnly={isReadOnly}
                  value={[...(combinesWith.classes ?? [])]}
                  onChange={(classes) =>
                    onChange({ ...body, combinesWith: { ...combinesWith, classes: toClasses(classes) } })
                  }
                >
                  {discountClasses.map((key) => (
                    <Checkbox key={key} value={key}>
                      {m.classes[key]}
                    </Checkbox>
                  ))}
                </CheckboxGroup>
                <ListField
                  label={m.withTags}
                  values={combinesWith.tags ?? []}
                  isReadOnly={isReadOnly}
                  onChange={(tags) =>
                    onChange({ ...body, combinesWith: withField(combinesWith, "tags", orAbsent(tags)) })
                  }
                />
              </>
            ) : null}
            <Switch
              isSelected={body.belowCost === true}
              isDisabled={isReadOnly}
              onChange={(on) => onChange(withField(body, "belowCost", on || undefined))}
            >
              {m.belowCost}
            </Switch>
          </div>
        </DisclosurePanel>
      </Disclosure>
    </div>
  );
}
