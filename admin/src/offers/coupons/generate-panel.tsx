import { NumberField, Switch, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { GatedButton } from "../../access/gated-button.tsx";
import { ChoiceField } from "../../connectors/choice-field.tsx";
import { formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { Panel } from "../../ui/page.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { body as bodyText, rowStart, stackTight } from "../../ui/styles.ts";
import { showDone } from "../../ui/toasts.ts";
import { exampleOf, guessRatioOf, largestGuessRatio, usualGuessRatio } from "./code-shape.ts";
import { codeFormats, type NewCodes, type PoolDetail } from "./shapes.ts";
import { usePoolActions } from "./use-pools.ts";

const m = messages.coupons.generate;
const wrong = style({ font: "body-sm", color: "negative", margin: 0 });
const mostCodes = 10_000_000;

const usual: NewCodes = {
  ...{ quantity: 1_000, format: "alphanumeric", length: 12, prefix: "", suffix: "", dashEvery: 0 },
  avoidLookalikes: true,
};

/** How many codes of which shape, with how easily one is guessed. */
export function GeneratePanel({ pool }: { pool: PoolDetail }) {
  const [codes, setCodes] = useState(usual);
  const [isEasyAllowed, setEasyAllowed] = useState(false);
  const { generate } = usePoolActions(pool.id);
  const set = (patch: Partial<NewCodes>) => setCodes({ ...codes, ...patch });
  const whole = (value: number, least: number) => (Number.isNaN(value) ? least : Math.round(value));
  const ratio = guessRatioOf(codes, pool.codes + codes.quantity);
  const isEasy = ratio > usualGuessRatio;
  const isPossible = ratio <= largestGuessRatio;
  const start = () =>
    generate.mutate(
      { ...codes, ...(isEasy ? { maxGuessRatio: largestGuessRatio } : {}) },
      { onSuccess: ({ quantity }) => showDone(m.started(formatNumber(quantity))) },
    );
  return (
    <Panel title={m.title}>
      {generate.error ? <ErrorState error={generate.error} /> : null}
      <div className={rowStart}>
        <NumberField
          label={m.quantity}
          minValue={1}
          maxValue={mostCodes}
          value={codes.quantity}
          onChange={(quantity) => set({ quantity: whole(quantity, 1) })}
        />
        <ChoiceField
          label={m.format}
          value={codes.format}
          choices={codeFormats.map((key) => ({ key, ...m.formats[key] }))}
          onChange={(key) => set({ format: codeFormats.find((each) => each === key) ?? "alphanumeric" })}
        />
        <NumberField
          label={m.length}
          description={m.lengthText}
          minValue={1}
          maxValue={64}
          value={codes.length}
          onChange={(length) => set({ length: whole(length, 1) })}
        />
      </div>
      <div className={rowStart}>
        <TextField label={m.prefix} maxLength={32} value={codes.prefix} onChange={(prefix) => set({ prefix })} />
        <TextField label={m.suffix} maxLength={32} value={codes.suffix} onChange={(suffix) => set({ suffix })} />
        <NumberField
          label={m.dashEvery}
          description={m.dashText}
          minValue={0}
          maxValue={64}
          value={codes.dashEvery}
          onChange={(dashEvery) => set({ dashEvery: whole(dashEvery, 0) })}
        />
      </div>
      <div className={rowStart}>
        <NumberField
          label={messages.coupons.generate.limit}
          description={m.limitText}
          minValue={1}
          value={codes.limit ?? Number.NaN}
          onChange={(limit) => set({ limit: Number.isNaN(limit) ? undefined : Math.round(limit) })}
        />
        <TextField
          label={m.expires}
          description={m.expiresText}
          type="date"
          value={codes.expires ?? ""}
          onChange={(expires) => set({ expires: expires === "" ? undefined : expires })}
        />
      </div>
      <Switch
        isSelected={codes.avoidLookalikes}
        isDisabled={codes.format === "numeric"}
        onChange={(avoidLookalikes) => set({ avoidLookalikes })}
      >
        {m.lookalikes}
      </Switch>
      <div className={stackTight} role="status">
        <p className={bodyText}>
          {m.example(exampleOf(codes))}.{" "}
          {Number.isFinite(ratio) ? m.guess(formatNumber(Math.max(1, Math.floor(1 / ratio)))) : m.tooFew}
        </p>
        {isEasy && Number.isFinite(ratio) ? <p className={wrong}>{isPossible ? m.easy : m.veryEasy}</p> : null}
      </div>
      {isEasy && isPossible ? (
        <Switch isSelected={isEasyAllowed} onChange={setEasyAllowed}>
          {m.allowEasy}
        </Switch>
      ) : null}
      <div>
        <GatedButton
          scope="edit"
          variant="accent"
          isPending={generate.isPending}
          isDisabled={!isPossible || (isEasy && !isEasyAllowed)}
          onPress={start}
        >
          {m.start}
        </GatedButton>
      </div>
    </Panel>
  );
}
