import { Disclosure, DisclosurePanel, DisclosureTitle, NumberField } from "@react-spectrum/s2";
import { messages } from "../../messages.data.ts";
import { ListField } from "../../ui/list-field.tsx";
import { muted, rowStart, stack } from "../../ui/styles.ts";
import { withPart } from "../mapping/mapping-model.ts";
import { maxBatch } from "./destination-config.ts";
import type { DestinationConfig, FieldPolicy } from "./shapes.ts";

const m = messages.connectors.destinations;
const names = [
  "keep",
  "drop",
  "hash",
  "identifiers",
  "hashIdentifiers",
] as const satisfies readonly (keyof FieldPolicy)[];

type Props = {
  config: DestinationConfig;
  onChange: (config: DestinationConfig) => void;
  isReadOnly: boolean;
};

/** What leaves of each event, and how many at a time. */
export function PolicyFields({ config, onChange, isReadOnly }: Props) {
  const isLimited = Object.keys(config.fields).length > 0;
  return (
    <Disclosure isQuiet size="S" defaultExpanded={isLimited}>
      <DisclosureTitle>{m.fields}</DisclosureTitle>
      <DisclosurePanel>
        <div className={stack}>
          <p className={muted}>{m.fieldsText}</p>
          <div className={rowStart}>
            {names.map((name) => (
              <ListField
                key={name}
                label={m[name]}
                values={config.fields[name] ?? []}
                isReadOnly={isReadOnly}
                onChange={(values) =>
                  onChange({ ...config, fields: withPart(config.fields, name, values.length > 0 ? values : undefined) })
                }
              />
            ))}
          </div>
          <div className={rowStart}>
            <NumberField
              label={m.batchSize}
              isReadOnly={isReadOnly}
              minValue={1}
              maxValue={maxBatch[config.type]}
              value={config.batchSize}
              onChange={(batchSize) =>
                onChange({ ...config, batchSize: Number.isNaN(batchSize) ? config.batchSize : Math.round(batchSize) })
              }
            />
            <NumberField
              label={m.timeout}
              isReadOnly={isReadOnly}
              minValue={1}
              maxValue={60}
              value={config.timeoutMs / 1000}
              onChange={(seconds) =>
                onChange({ ...config, timeoutMs: Number.isNaN(seconds) ? 10_000 : Math.round(seconds * 1000) })
              }
            />
          </div>
        </div>
      </DisclosurePanel>
    </Disclosure>
  );
}
