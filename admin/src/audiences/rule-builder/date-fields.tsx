import { TextField } from "@react-spectrum/s2";
import type { Json } from "../../api/shapes.ts";
import { useBuilder } from "./builder-context.ts";
import { MomentField } from "./moment-field.tsx";

type Props = {
  label: string;
  value: Json | undefined;
  onChange: (value: Json) => void;
  isInvalid?: true;
  errorMessage?: string;
  validationBehavior?: "aria";
};

/** A calendar day, or a moment where the rule has one. */
export function DateValueField({ label, value, onChange, ...fault }: Props) {
  const { isReadOnly } = useBuilder();
  if (isMoment(value)) return <MomentField label={label} value={String(value)} onChange={onChange} />;
  return (
    <TextField
      aria-label={label}
      size="S"
      type="date"
      isReadOnly={isReadOnly}
      value={String(value ?? "")}
      onChange={onChange}
      {...fault}
    />
  );
}

/** Whether a value names a moment rather than a day. */
export function isMoment(value: Json | undefined): boolean {
  return typeof value === "string" && value.includes("T");
}
