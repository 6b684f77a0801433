import { DurationField as Field } from "../../ui/duration-field.tsx";
import { useBuilder } from "./builder-context.ts";

type Props = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  isInvalid?: true;
  errorMessage?: string;
  validationBehavior?: "aria";
};

/** A duration of a condition; what is too long is among the faults of the rule. */
export function DurationField(props: Props) {
  const { isReadOnly } = useBuilder();
  return <Field {...props} isReadOnly={isReadOnly} least={0} mostDays={null} isCompact />;
}
