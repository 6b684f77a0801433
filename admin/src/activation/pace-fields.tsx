import { Disclosure, DisclosurePanel, DisclosureTitle, NumberField } from "@react-spectrum/s2";
import { messages } from "../messages.data.ts";
import { rowStart } from "../ui/styles.ts";
import type { SyncConfig } from "./shapes.ts";
import { maxBatch } from "./sync-config.ts";

const m = messages.activation;

type Props = { config: SyncConfig; onChange: (config: SyncConfig) => void; isReadOnly: boolean };

/** How much at a time, how long it may take, and when it gives up. */
export function PaceFields({ config, onChange, isReadOnly }: Props) {
  const whole = (value: number, before: number): number => (Number.isNaN(value) ? before : Math.round(value));
  return (
    <Disclosure isQuiet size="S">
      <DisclosureTitle>{messages.connectors.common.expert}</DisclosureTitle>
      <DisclosurePanel>
        <div className={rowStart}>
          <NumberField
            label={m.batchSize}
            isReadOnly={isReadOnly}
            minValue={1}
            maxValue={maxBatch[config.type]}
            value={config.batchSize}
            onChange={(value) => onChange({ ...config, batchSize: whole(value, config.batchSize) })}
          />
          <NumberField
            label={m.timeout}
            isReadOnly={isReadOnly}
            minValue={1}
            maxValue={60}
            value={config.timeoutMs / 1_000}
            onChange={(value) => onChange({ ...config, timeoutMs: whole(value * 1_000, config.timeoutMs) })}
          />
          <NumberField
            label={m.pauseAfter}
            isReadOnly={isReadOnly}
            minValue={1}
            maxValue={1_000}
            value={config.pauseAfterFailures}
            onChange={(value) => onChange({ ...config, pauseAfterFailures: whole(value, config.pauseAfterFailures) })}
          />
        </div>
      </DisclosurePanel>
    </Disclosure>
  );
}
