import { Picker, PickerItem, Text, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { ListField } from "../ui/list-field.tsx";
import { Panel } from "../ui/page.tsx";
import { rowStart } from "../ui/styles.ts";
import { type PolicyName, policies, policyName, withField } from "./trait-body.ts";
import type { TraitFormProps } from "./trait-form.tsx";
import { ValueTypePicker } from "./value-fields.tsx";

const m = messages.traits;
const width = style({ width: 280 });

/** A written attribute with the rule for which source wins. */
export function WrittenFields(props: TraitFormProps) {
  const { body, onChange, faults, isReadOnly } = props;
  const { policy } = body;
  const name = policyName(policy);
  const choose = (next: PolicyName) =>
    onChange(withField(body, "policy", next === "source_order" ? { sourceOrder: [] } : next));
  return (
    <Panel title={m.kinds.trait.label}>
      <div className={rowStart}>
        <TextField
          label={m.attribute}
          description={m.attributeText}
          styles={width}
          maxLength={100}
          value={body.attribute ?? ""}
          isReadOnly={isReadOnly}
          onChange={(attribute) => onChange(withField(body, "attribute", attribute))}
          {...invalidProps(faults, "/attribute")}
        />
        <Picker
          label={m.policy}
          styles={width}
          menuWidth={320}
          isDisabled={isReadOnly}
          selectedKey={name}
          onSelectionChange={(key) => choose(policies.find((known) => known === key) ?? "latest")}
        >
          {policies.map((known) => (
            <PickerItem key={known} id={known} textValue={m.policies[known].label}>
              <Text slot="label">{m.policies[known].label}</Text>
              <Text slot="description">{m.policies[known].text}</Text>
            </PickerItem>
          ))}
        </Picker>
        <ValueTypePicker {...props} />
      </div>
      {typeof policy === "object" ? (
        <ListField
          label={m.sourceOrder}
          values={policy.sourceOrder}
          isReadOnly={isReadOnly}
          onChange={(sourceOrder) => onChange({ ...body, policy: { sourceOrder } })}
        />
      ) : null}
    </Panel>
  );
}

export function AffinityFields({ body, onChange, faults, isReadOnly }: TraitFormProps) {
  return (
    <Panel title={m.kinds.affinity.label}>
      <TextField
        label={m.affinityAttribute}
        description={m.affinityText}
        styles={width}
        maxLength={100}
        value={body.attribute ?? ""}
        isReadOnly={isReadOnly}
        onChange={(attribute) => onChange(withField(body, "attribute", attribute))}
        {...invalidProps(faults, "/attribute")}
      />
    </Panel>
  );
}

export function PredictionFields(props: TraitFormProps) {
  const { body, onChange, faults, isReadOnly } = props;
  return (
    <Panel title={m.kinds.prediction.label}>
      <div className={rowStart}>
        <TextField
          label={m.prediction}
          description={m.predictionText}
          styles={width}
          maxLength={100}
          value={body.prediction ?? ""}
          isReadOnly={isReadOnly}
          onChange={(prediction) => onChange(withField(body, "prediction", prediction))}
          {...invalidProps(faults, "/prediction")}
        />
        <ValueTypePicker {...props} />
      </div>
    </Panel>
  );
}
