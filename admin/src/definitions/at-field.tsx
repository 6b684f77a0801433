import { TextField } from "@react-spectrum/s2";
import type { Schedule } from "../api/shapes.ts";
import { localTimezone } from "../format.ts";
import { messages } from "../messages.data.ts";
import { fromLocalInput } from "./local-time.ts";

type Props = { readonly value: string; readonly schedule: Schedule | null; readonly onChange: (value: string) => void };

/** When somebody looks at a preview, in the time zone of the draft's schedule: "from" copied here is the first moment of it. */
export function AtField({ value, schedule, onChange }: Props) {
  return (
    <TextField
      label={messages.preview.at}
      description={messages.blocks.atText(schedule?.timezone ?? localTimezone)}
      type="datetime-local"
      value={value}
      onChange={onChange}
    />
  );
}

/** The field as requests take it; nothing while it is empty. */
export function asOfRequest(value: string, schedule: Schedule | null): { readonly asOf?: string } {
  const asOf = fromLocalInput(value, schedule?.timezone ?? localTimezone);
  return asOf === undefined ? {} : { asOf };
}
