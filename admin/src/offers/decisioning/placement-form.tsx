import { TextField } from "@react-spectrum/s2";
import { PlacementField } from "../../decisions/placement-field.tsx";
import type { FormProps } from "../../definitions/kind-page.ts";
import { invalidProps } from "../../definitions/kind-page.ts";
import { OptionField } from "../../definitions/option-field.tsx";
import { messages } from "../../messages.data.ts";
import { Panel } from "../../ui/page.tsx";
import { rowStart } from "../../ui/styles.ts";
import { LimitInput } from "../price-rules/number-inputs.tsx";
import { withField } from "../price-rules/with-field.ts";
import type { OfferPlacementBody } from "./shapes.ts";

const m = messages.decisioning;

export function PlacementForm({ body, onChange, faults, isReadOnly }: FormProps<OfferPlacementBody>) {
  const shared = { faults, isReadOnly };
  return (
    <Panel title={m.place}>
      <div className={rowStart}>
        <PlacementField
          kind="offer"
          value={body.placement}
          onChange={(placement) => onChange({ ...body, placement })}
          {...shared}
        />
        <OptionField
          label={m.channel}
          value={body.channel}
          options={m.channels}
          isReadOnly={isReadOnly}
          onChange={(channel) => onChange({ ...body, channel })}
        />
        <OptionField
          label={m.contentType}
          value={body.contentType}
          options={m.contentTypes}
          isReadOnly={isReadOnly}
          onChange={(contentType) => onChange({ ...body, contentType })}
        />
      </div>
      <div className={rowStart}>
        <LimitInput
          label={m.width}
          value={body.width}
          path="/width"
          onChange={(width) => onChange(withField(body, "width", width))}
          {...shared}
        />
        <LimitInput
          label={m.height}
          value={body.height}
          path="/height"
          onChange={(height) => onChange(withField(body, "height", height))}
          {...shared}
        />
        <TextField
          label={m.componentId}
          value={body.componentId ?? ""}
          isReadOnly={isReadOnly}
          onChange={(text) => onChange(withField(body, "componentId", text || undefined))}
          {...invalidProps(faults, "/componentId")}
        />
      </div>
    </Panel>
  );
}
