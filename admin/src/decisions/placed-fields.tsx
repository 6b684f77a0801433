import { NumberField } from "@react-spectrum/s2";
import type { Fault } from "../api/client.ts";
import { invalidProps } from "../definitions/kind-page.ts";
import { messages } from "../messages.data.ts";
import { PlacementField } from "./placement-field.tsx";

type Placed = { readonly placement: string; readonly priority: number };
type Props = {
  kind: string;
  body: Placed;
  onChange: (patch: Partial<Placed>) => void;
  faults: readonly Fault[];
  isReadOnly: boolean;
};

/** Where something is shown, and what it gives way to there. */
export function PlacedFields({ kind, body, onChange, faults, isReadOnly }: Props) {
  return (
    <>
      <PlacementField
        kind={kind}
        value={body.placement}
        isReadOnly={isReadOnly}
        faults={faults}
        onChange={(placement) => onChange({ placement })}
      />
      <NumberField
        label={messages.blocks.priority}
        description={messages.blocks.priorityText}
        minValue={0}
        value={body.priority}
        isReadOnly={isReadOnly}
        onChange={(priority) => onChange({ priority: Number.isNaN(priority) ? 0 : Math.round(priority) })}
        {...invalidProps(faults, "/priority")}
      />
    </>
  );
}
