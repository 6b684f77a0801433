import { Button, Switch, TextField } from "@react-spectrum/s2";
import type { Fault } from "../../api/client.ts";
import { invalidProps } from "../../definitions/kind-page.ts";
import { OptionField } from "../../definitions/option-field.tsx";
import { messages } from "../../messages.data.ts";
import { Panel } from "../../ui/page.tsx";
import { rowBetween, rowStart, stack, strong } from "../../ui/styles.ts";
import { CountInput } from "../price-rules/number-inputs.tsx";
import { withField } from "../price-rules/with-field.ts";
import { replacedAt, withoutAt } from "./list-edits.ts";
import type { CapRule } from "./shapes.ts";

const m = messages.decisioning;

type Props = {
  values: readonly CapRule[];
  onChange: (values: readonly CapRule[]) => void;
  faults: readonly Fault[];
  isReadOnly: boolean;
};

/** How often an offer may come. */
export function CapsPanel({ values, onChange, faults, isReadOnly }: Props) {
  return (
    <Panel title={m.caps} description={m.capsText}>
      {values.map((cap, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: limits have no identity, and their fields hold no state of their own
        <section key={at} className={stack} aria-label={m.cap(at + 1)}>
          <div className={rowBetween}>
            <h3 className={strong}>{m.cap(at + 1)}</h3>
            {isReadOnly ? null : (
              <Button
                size="S"
                variant="secondary"
                fillStyle="outline"
                aria-label={m.removeCap(at + 1)}
                onPress={() => onChange(withoutAt(values, at))}
              >
                {m.remove}
              </Button>
            )}
          </div>
          <CapFields
            cap={cap}
            path={`/caps/${at}`}
            onChange={(next) => onChange(replacedAt(values, at, next))}
            faults={faults}
            isReadOnly={isReadOnly}
          />
        </section>
      ))}
      {isReadOnly || values.length >= 10 ? null : (
        <Button
          variant="secondary"
          onPress={() => onChange([...values, { counted: "impression", limit: 3, per: "profile" }])}
        >
          {m.addCap}
        </Button>
      )}
    </Panel>
  );
}

type FieldsProps = Omit<Props, "values" | "onChange"> & {
  cap: CapRule;
  path: string;
  onChange: (cap: CapRule) => void;
};

function withoutHold({ hard: _hard, holdMinutes: _holdMinutes, ...soft }: CapRule): CapRule {
  return soft;
}

function CapFields({ cap, path, onChange, faults, isReadOnly }: FieldsProps) {
  const { period } = cap;
  const setCounted = (counted: CapRule["counted"]) => {
    const { event: _event, rule: _rule, ...same } = cap;
    const others = counted === "decision" ? withField(same, "holdMinutes", undefined) : same;
    onChange(counted === "custom" ? { ...others, counted, event: cap.event ?? "" } : { ...others, counted });
  };
  return (
    <div className={rowStart}>
      <OptionField
        label={m.counted}
        value={cap.counted}
        options={m.countedKinds}
        isReadOnly={isReadOnly}
        onChange={setCounted}
      />
      {cap.counted === "custom" ? (
        <TextField
          label={m.event}
          value={cap.event ?? ""}
          isReadOnly={isReadOnly}
          onChange={(event) => onChange({ ...cap, event })}
          {...invalidProps(faults, `${path}/event`)}
        />
      ) : null}
      <CountInput
        label={m.limit}
        value={cap.limit}
        path={`${path}/limit`}
        onChange={(limit) => onChange({ ...cap, limit })}
        faults={faults}
        isReadOnly={isReadOnly}
      />
      <OptionField
        label={m.per}
        value={cap.per}
        options={m.pers}
        isReadOnly={isReadOnly}
        onChange={(per) => onChange({ ...cap, per })}
      />
      <Switch
        isSelected={cap.hard === true}
        isDisabled={isReadOnly}
        onChange={(hard) => onChange(hard ? { ...cap, hard } : withoutHold(cap))}
      >
        {m.hard}
      </Switch>
      {cap.hard === true && cap.counted !== "decision" ? (
        <CountInput
          label={m.holdMinutes}
          value={cap.holdMinutes ?? 30}
          path={`${path}/holdMinutes`}
          onChange={(holdMinutes) => onChange({ ...cap, holdMinutes })}
          faults={faults}
          isReadOnly={isReadOnly}
        />
      ) : null}
      <OptionField
        label={m.capPlacements}
        value={cap.placements ?? "all"}
        options={m.capPlacementChoices}
        isReadOnly={isReadOnly}
        onChange={(placements) => onChange({ ...cap, placements })}
      />
      {period ? (
        <CountInput
          label={m.every}
          value={period.every}
          path={`${path}/period`}
          onChange={(every) => onChange({ ...cap, period: { ...period, every } })}
          faults={faults}
          isReadOnly={isReadOnly}
        />
      ) : null}
      <OptionField
        label={m.period}
        value={period?.unit ?? "ever"}
        options={m.units}
        isReadOnly={isReadOnly}
        onChange={(unit) =>
          onChange(withField(cap, "period", unit === "ever" ? undefined : { every: period?.every ?? 1, unit }))
        }
      />
    </div>
  );
}
