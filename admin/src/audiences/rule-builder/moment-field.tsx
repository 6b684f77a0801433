import { TextField } from "@react-spectrum/s2";
import { toLocalInput } from "../../definitions/local-time.ts";
import { localTimezone } from "../../format.ts";
import { useBuilder } from "./builder-context.ts";
import { toInstant } from "./local-instant.ts";

type Props = { label: string; value: string | null; onChange: (instant: string | null) => void };

/** A moment, shown in the reader's time zone and kept with its zone. */
export function MomentField({ label, value, onChange }: Props) {
  const { isReadOnly } = useBuilder();
  return (
    <TextField
      aria-label={label}
      size="S"
      type="datetime-local"
      isReadOnly={isReadOnly}
      value={toLocalInput(value, localTimezone)}
      onChange={(local) => onChange(toInstant(local, localTimezone))}
    />
  );
}
