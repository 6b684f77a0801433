import { NumberField, Picker, PickerItem, Switch, TextField } from "@react-spectrum/s2";
import type { ReactNode } from "react";
import type { Json } from "../../api/shapes.ts";
import { ListField } from "../../ui/list-field.tsx";
import { stackTight } from "../../ui/styles.ts";
import { MoneyField } from "../rule-builder/money-field.tsx";
import type { TemplateParameter } from "./use-templates.ts";

type Props = {
  parameter: TemplateParameter;
  value: Json | undefined;
  onChange: (value: Json) => void;
  fault: string | undefined;
};

const numbers = new Set(["integer", "number", "days", "hours", "ratio"]);

/** One figure of a template, in the form that its type asks for. */
export function ParameterField({ parameter, value, onChange, fault }: Props) {
  const { label, type, unit, options = [], open = false } = parameter;
  const invalid =
    fault === undefined ? {} : ({ validationBehavior: "aria", isInvalid: true, errorMessage: fault } as const);
  if (numbers.has(type))
    return <NumberParameter parameter={parameter} value={value} onChange={onChange} {...invalid} />;
  if (type === "money") {
    return (
      <Labelled label={label}>
        <MoneyField label={label} value={value} onChange={onChange} {...invalid} />
      </Labelled>
    );
  }
  if (type === "boolean") {
    return (
      <Switch isSelected={value === true} onChange={onChange}>
        {label}
      </Switch>
    );
  }
  if (type === "texts" || type === "choices") {
    const values = Array.isArray(value) ? value.map(String) : [];
    return <ListField label={label} values={values} onChange={onChange} />;
  }
  if (options.length > 0 && !open) {
    return (
      <Picker
        label={label}
        selectedKey={String(value ?? "")}
        onSelectionChange={(key) => onChange(String(key))}
        {...invalid}
      >
        {options.map((option) => (
          <PickerItem key={option} id={option}>
            {option}
          </PickerItem>
        ))}
      </Picker>
    );
  }
  return (
    <TextField
      label={label}
      type={type === "date" ? "date" : "text"}
      value={typeof value === "string" ? value : ""}
      onChange={onChange}
      {...(unit ? { description: unit } : {})}
      {...invalid}
    />
  );
}

type NumberProps = Omit<Props, "fault"> & { isInvalid?: true; errorMessage?: string; validationBehavior?: "aria" };

function NumberParameter({ parameter, value, onChange, ...invalid }: NumberProps) {
  const { label, type, unit, min, max } = parameter;
  return (
    <NumberField
      label={label}
      value={typeof value === "number" ? value : Number.NaN}
      formatOptions={type === "ratio" ? { style: "percent", maximumFractionDigits: 1 } : { maximumFractionDigits: 4 }}
      {...(type === "ratio" ? { step: 0.01 } : {})}
      onChange={(next) => {
        if (!Number.isNaN(next)) onChange(next);
      }}
      {...(min === undefined ? {} : { minValue: min })}
      {...(max === undefined ? {} : { maxValue: max })}
      {...(unit && type !== "ratio" ? { description: unit } : {})}
      {...invalid}
    />
  );
}

function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={stackTight}>
      <span>{label}</span>
      {children}
    </div>
  );
}
