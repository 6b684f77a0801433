import { NumberField, Switch, TextField } from "@react-spectrum/s2";
import { useState } from "react";
import { type FormProps, invalidProps } from "../../definitions/kind-page.ts";
import { messages } from "../../messages.data.ts";
import { ListField } from "../../ui/list-field.tsx";
import { Panel } from "../../ui/page.tsx";
import { muted, rowStart } from "../../ui/styles.ts";
import { orAbsent, withField } from "../price-rules/with-field.ts";
import { type Attribute, AttributeRows } from "./attribute-rows.tsx";
import { CapsPanel } from "./caps-panel.tsx";
import { CartRuleFields } from "./cart-rule-fields.tsx";
import { EligibilityFields } from "./eligibility-panel.tsx";
import { RepresentationsPanel } from "./representations-panel.tsx";
import type { OfferBody } from "./shapes.ts";

const m = messages.decisioning;

export function OfferForm({ body, onChange, faults, isReadOnly }: FormProps<OfferBody>) {
  const shared = { faults, isReadOnly };
  const isFallback = body.fallback === true;
  const setFallback = (on: boolean) => {
    const { rule: _rule, caps: _caps, audienceMatch: _match, ...others } = body;
    onChange(on ? { ...others, audiences: [], fallback: true } : withField(body, "fallback", undefined));
  };
  return (
    <>
      <RepresentationsPanel
        values={body.representations}
        onChange={(representations) => onChange({ ...body, representations })}
        {...shared}
      />
      <Panel title={m.importance}>
        <div className={rowStart}>
          <NumberField
            label={m.priority}
            description={m.offerPriorityText}
            minValue={0}
            value={body.priority}
            isReadOnly={isReadOnly}
            onChange={(priority) => onChange({ ...body, priority: Number.isNaN(priority) ? 0 : Math.round(priority) })}
            {...invalidProps(faults, "/priority")}
          />
          <ListField
            label={m.tags}
            values={body.tags ?? []}
            isReadOnly={isReadOnly}
            onChange={(tags) => onChange(withField(body, "tags", orAbsent(tags)))}
          />
        </div>
        <p className={muted}>{m.attributesText}</p>
        <OfferAttributes body={body} onChange={onChange} isReadOnly={isReadOnly} />
      </Panel>
      <Panel title={m.who} description={m.whoText}>
        <Switch isSelected={isFallback} isDisabled={isReadOnly} onChange={setFallback}>
          {m.fallback}
        </Switch>
        {isFallback ? (
          <p className={muted}>{m.fallbackText}</p>
        ) : (
          <EligibilityFields body={body} onChange={onChange} {...shared} />
        )}
        <TextField
          label={m.consent}
          description={m.consentText}
          value={body.consent ?? ""}
          isReadOnly={isReadOnly}
          onChange={(consent) => onChange(withField(body, "consent", consent || undefined))}
          {...invalidProps(faults, "/consent")}
        />
        <CartRuleFields body={body} onChange={onChange} {...shared} />
      </Panel>
      {isFallback ? null : (
        <CapsPanel
          values={body.caps ?? []}
          onChange={(caps) => onChange(withField(body, "caps", orAbsent(caps)))}
          {...shared}
        />
      )}
    </>
  );
}

type PartProps = Pick<FormProps<OfferBody>, "body" | "onChange" | "isReadOnly">;

/** Rows keep an attribute whose name is still being typed. */
function OfferAttributes({ body, onChange, isReadOnly }: PartProps) {
  const [rows, setRows] = useState<readonly Attribute[]>(() =>
    Object.entries(body.attributes ?? {}).map(([name, value]) => ({ name, value })),
  );
  return (
    <AttributeRows
      values={rows}
      isReadOnly={isReadOnly}
      onChange={(next) => {
        setRows(next);
        const named = next.filter(({ name }) => name !== "").map(({ name, value }) => [name, value] as const);
        onChange(withField(body, "attributes", named.length === 0 ? undefined : Object.fromEntries(named)));
      }}
    />
  );
}
