import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { ChoiceField } from "../connectors/choice-field.tsx";
import { PlacedFields } from "../decisions/placed-fields.tsx";
import { type FormProps, faultAt } from "../definitions/kind-page.ts";
import { patched } from "../merchandising/patched.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { body as bodyText, rowStart } from "../ui/styles.ts";
import { LocationsField } from "./locations-field.tsx";
import { RotatingBlocks } from "./rotating-blocks.tsx";
import { type RotationBody, rotationModes, rotationSources } from "./shapes.ts";
import { WhoFields } from "./who-fields.tsx";

const m = messages.rotations;
const wide = style({ width: 240 });

/** How several blocks share a place, which ones, and where. */
export function RotationForm(props: FormProps<RotationBody>) {
  const { body, onChange, faults, isReadOnly } = props;
  const set = (patch: { readonly [K in keyof RotationBody]?: RotationBody[K] | undefined }) =>
    onChange(patched(body, patch));
  const fault = faultAt(faults, "/blocks");
  return (
    <>
      <Panel title={m.how}>
        <div className={rowStart}>
          <ChoiceField
            label={m.mode}
            styles={wide}
            isReadOnly={isReadOnly}
            value={body.mode}
            choices={rotationModes.map((key) => ({ key, ...m.modes[key] }))}
            onChange={(key) => set({ mode: rotationModes.find((each) => each === key) ?? "series" })}
          />
          <ChoiceField
            label={m.source}
            styles={wide}
            isReadOnly={isReadOnly}
            value={body.source}
            choices={rotationSources.map((key) => ({ key, ...m.sources[key] }))}
            onChange={(key) => {
              const source = rotationSources.find((each) => each === key) ?? "specified";
              set({ source, blocks: source === "specified" ? [] : undefined });
            }}
          />
          <LocationsField
            values={body.locations ?? []}
            isReadOnly={isReadOnly}
            onChange={(locations) => set({ locations: locations.length > 0 ? locations : undefined })}
          />
        </div>
      </Panel>
      {body.source === "specified" ? (
        <Panel title={m.blocks} description={m.blocksText}>
          {fault ? (
            <p className={bodyText} role="alert">
              {fault.message}
            </p>
          ) : null}
          <RotatingBlocks keys={body.blocks ?? []} isReadOnly={isReadOnly} onChange={(blocks) => set({ blocks })} />
        </Panel>
      ) : null}
      <Panel title={messages.blocks.place}>
        <div className={rowStart}>
          <PlacedFields kind="block-rotation" body={body} onChange={set} faults={faults} isReadOnly={isReadOnly} />
        </div>
      </Panel>
      <WhoFields {...props} text={`${messages.blocks.whoText} ${m.ruleText}`} />
    </>
  );
}
