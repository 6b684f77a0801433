import { TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { messages } from "../messages.data.ts";

const m = messages.privacy.traits;
const wide = style({ width: "full" });

/** Why a trait is changed by hand; the log keeps it. */
export function ReasonField({ value, onChange }: { value: string; onChange: (reason: string) => void }) {
  return (
    <TextField
      label={m.reason}
      description={m.reasonText}
      isRequired
      maxLength={500}
      styles={wide}
      value={value}
      onChange={onChange}
    />
  );
}
