import { Radio, RadioGroup } from "@react-spectrum/s2";
import { useState } from "react";
import { AudiencesField } from "../../audiences/audiences-field.tsx";
import { messages } from "../../messages.data.ts";
import { Panel } from "../../ui/page.tsx";
import { muted, rowStart } from "../../ui/styles.ts";
import { audienceCalls, type DestinationConfig } from "./shapes.ts";

const m = messages.connectors.destinations.audiences;
const modes = ["none", "all", "chosen"] as const;

type Props = { config: DestinationConfig; onChange: (config: DestinationConfig) => void; isReadOnly: boolean };

/** Whose entries and exits leave. */
export function AudiencesFields({ config, onChange, isReadOnly }: Props) {
  const { audiences = "none" } = config;
  const keys = typeof audiences === "string" ? [] : audiences;
  // "Chosen" without an audience yet is no configuration: it is remembered here until one is chosen.
  const [isChoosing, setChoosing] = useState(typeof audiences !== "string");
  const mode = isChoosing || typeof audiences !== "string" ? "chosen" : audiences;
  return (
    <Panel title={m.title} description={m.text}>
      <div className={rowStart}>
        <RadioGroup
          aria-label={m.title}
          isReadOnly={isReadOnly}
          value={mode}
          onChange={(next) => {
            setChoosing(next === "chosen");
            if (next !== "chosen") onChange({ ...config, audiences: next === "all" ? "all" : "none" });
          }}
        >
          {modes.map((key) => (
            <Radio key={key} value={key}>
              {m.modes[key]}
            </Radio>
          ))}
        </RadioGroup>
        {mode === "chosen" ? (
          <AudiencesField
            values={keys}
            isReadOnly={isReadOnly}
            faults={[]}
            onChange={(chosen) => onChange({ ...config, audiences: chosen.length > 0 ? chosen : "none" })}
          />
        ) : null}
        {config.type === "segment" && mode !== "none" ? (
          <RadioGroup
            label={m.call}
            isReadOnly={isReadOnly}
            value={config.audienceCall ?? "track"}
            onChange={(call) =>
              onChange({ ...config, audienceCall: audienceCalls.find((known) => known === call) ?? "track" })
            }
          >
            {audienceCalls.map((key) => (
              <Radio key={key} value={key}>
                {m.calls[key]}
              </Radio>
            ))}
          </RadioGroup>
        ) : null}
      </div>
      {mode === "chosen" && keys.length === 0 ? <p className={muted}>{m.chooseOne}</p> : null}
    </Panel>
  );
}
