import { ComboBox, ComboBoxItem, Picker, PickerItem, Switch, Text, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { itemAttributes } from "../audiences/rule-builder/item-attributes.data.ts";
import { type AttributeSpec, isPattern } from "../audiences/rule-builder/operators.ts";
import { useAttributes } from "../audiences/use-attributes.ts";
import { faultAt, invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { rowStart } from "../ui/styles.ts";
import { eventsOf, isAboutOrders, takesPath, type ValueType, valueTypes, withField } from "./trait-body.ts";
import type { TraitFormProps } from "./trait-form.tsx";

const m = messages.traits;
const pathWidth = style({ width: 320 });

/** Which value of an event, or of each product line, and of what type. */
export function ValueFields(props: TraitFormProps) {
  const { body, onChange, faults, isReadOnly } = props;
  const isOptional = takesPath(body.kind) === "optional";
  return (
    <Panel title={m.value}>
      <div className={rowStart}>
        <PathField
          path={body.path ?? ""}
          isReadOnly={isReadOnly}
          description={isOptional ? `${m.pathText}. ${m.pathOptional}` : m.pathText}
          errorMessage={faultAt(faults, "/path")?.message}
          onChange={(path) => onChange(withField(body, "path", path))}
        />
        <ValueTypePicker {...props} />
        {body.valueType === "money" ? (
          <TextField
            label={m.currency}
            description={m.currencyText}
            maxLength={3}
            value={body.currency ?? ""}
            isReadOnly={isReadOnly}
            onChange={(currency) => onChange(withField(body, "currency", currency.toUpperCase()))}
            {...invalidProps(faults, "/currency")}
          />
        ) : null}
      </div>
      {isAboutOrders(eventsOf(body)) ? (
        <Switch
          isSelected={body.net ?? false}
          isDisabled={isReadOnly}
          onChange={(net) => onChange(withField(body, "net", net || undefined))}
        >
          {m.net}
        </Switch>
      ) : null}
    </Panel>
  );
}

/** Also of formulas, written attributes and predictions. */
export function ValueTypePicker({ body, onChange, isReadOnly }: TraitFormProps) {
  return (
    <Picker
      label={m.valueType}
      isDisabled={isReadOnly}
      selectedKey={body.valueType ?? "automatic"}
      onSelectionChange={(key) => {
        const type: ValueType | undefined = valueTypes.find((known) => known === key);
        const next = withField(body, "valueType", type);
        onChange(type === "money" ? next : withField(next, "currency", undefined));
      }}
    >
      {["automatic" as const, ...valueTypes].map((type) => (
        <PickerItem key={type} id={type}>
          {type === "automatic" ? m.automatic : m.types[type]}
        </PickerItem>
      ))}
    </Picker>
  );
}

type PathProps = {
  path: string;
  isReadOnly: boolean;
  description: string;
  errorMessage: string | undefined;
  onChange: (path: string) => void;
};

const lines: readonly AttributeSpec[] = (itemAttributes["event"] ?? [])
  .filter(({ path }) => !isPattern(path))
  .map((spec) => ({ ...spec, label: m.lineOf(spec.label) }));

/** Finds a value by its label or path; any path may be typed. */
function PathField({ path, isReadOnly, description, errorMessage, onChange }: PathProps) {
  const events = (useAttributes().data ?? []).filter(
    (spec) =>
      spec.path.startsWith("event.") && !isPattern(spec.path) && !spec.path.startsWith("event.properties.items"),
  );
  const choices = [...lines, ...events];
  const known = choices.find((spec) => spec.path === path);
  return (
    <ComboBox
      // The label of a path is known only once the catalog is; the field then starts over with it.
      key={events.length}
      label={m.path}
      styles={pathWidth}
      menuWidth={360}
      placeholder={m.choosePath}
      description={description}
      isDisabled={isReadOnly}
      allowsCustomValue
      menuTrigger="focus"
      validationBehavior="aria"
      {...(errorMessage === undefined ? {} : { isInvalid: true, errorMessage })}
      defaultItems={choices}
      {...(known ? { defaultSelectedKey: path } : { defaultInputValue: path })}
      onSelectionChange={(key) => {
        if (key !== null && key !== path) onChange(String(key));
      }}
      onBlur={(event) => {
        const typed = (event.target as HTMLInputElement).value ?? "";
        const chosen = choices.find(({ label }) => label === typed);
        if (!chosen && typed !== path) onChange(typed.trim());
      }}
    >
      {(spec) => (
        <ComboBoxItem id={spec.path} textValue={spec.label}>
          <Text slot="label">{spec.label}</Text>
          <Text slot="description">{spec.path}</Text>
        </ComboBoxItem>
      )}
    </ComboBox>
  );
}
