import { Button, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { useGate } from "../access/use-session.ts";
import { ApiError } from "../api/client.ts";
import { invalidProps } from "../definitions/kind-page.ts";
import { toLocalInput } from "../definitions/local-time.ts";
import { useLeaveGuard } from "../definitions/use-leave-guard.ts";
import { localTimezone } from "../format.ts";
import { messages } from "../messages.data.ts";
import { ListField } from "../ui/list-field.tsx";
import { Panel } from "../ui/page.tsx";
import { ErrorState } from "../ui/states.tsx";
import { muted, rowEnd, rowStart, stackWide } from "../ui/styles.ts";
import { showDone } from "../ui/toasts.ts";
import { AltFields } from "./alt-fields.tsx";
import { FocalPointField } from "./focal-point-field.tsx";
import { type Asset, type AssetChange, editorUrl } from "./shapes.ts";
import { useAssetActions } from "./use-assets.ts";

const m = messages.assets;
const wide = style({ width: 320, maxWidth: "full" });

type Fields = Required<AssetChange>;

/** Everything that people write about a picture; saved together. */
export function AssetForm({ asset }: { asset: Asset }) {
  const [start] = useState(() => fieldsOf(asset));
  const [fields, setFields] = useState(start);
  const { save } = useAssetActions();
  const isReadOnly = !useGate("edit").isAllowed || asset.status === "archived";
  const isChanged = JSON.stringify(fields) !== JSON.stringify(start);
  useLeaveGuard(isChanged && !save.isPending);
  const set = (patch: Partial<Fields>) => setFields({ ...fields, ...patch });
  const faults = save.error instanceof ApiError ? save.error.details : [];
  const shared = { isReadOnly, fields, set };
  return (
    <form
      className={stackWide}
      onSubmit={(event) => {
        event.preventDefault();
        // The form starts over with the saved picture, so it cannot be told; a refusal is drawn above from the mutation's own state.
        save.mutateAsync({ asset, change: fields }).then(
          ({ name }) => showDone(m.saved(name)),
          () => undefined,
        );
      }}
    >
      {save.error ? <ErrorState error={save.error} /> : null}
      {save.error instanceof ApiError && save.error.status === 412 ? <p className={muted}>{m.stale}</p> : null}
      <Panel title={m.focal}>
        <FocalPointField
          src={editorUrl(asset, "w960")}
          value={fields.focalPoint}
          isReadOnly={isReadOnly}
          onChange={(focalPoint) => set({ focalPoint })}
        />
      </Panel>
      <Panel title={m.details}>
        <div className={rowStart}>
          <TextField
            label={m.name}
            styles={wide}
            isRequired
            value={fields.name}
            isReadOnly={isReadOnly}
            onChange={(name) => set({ name })}
            {...invalidProps(faults, "/name")}
          />
          <TextField
            label={m.folder}
            description={m.folderText}
            value={fields.folder}
            isReadOnly={isReadOnly}
            onChange={(folder) => set({ folder })}
            {...invalidProps(faults, "/folder")}
          />
          <ListField label={m.tags} values={fields.tags} isReadOnly={isReadOnly} onChange={(tags) => set({ tags })} />
        </div>
        <AltFields value={fields.alt} isReadOnly={isReadOnly} onChange={(alt) => set({ alt })} />
      </Panel>
      <Rights {...shared} faults={faults} />
      <div className={rowEnd}>
        <GatedButton scope="edit" type="submit" variant="accent" isDisabled={!isChanged} isPending={save.isPending}>
          {m.save}
        </GatedButton>
        {isChanged ? (
          <Button variant="secondary" onPress={() => setFields(start)}>
            {m.discard}
          </Button>
        ) : null}
      </div>
    </form>
  );
}

type RightsProps = {
  fields: Fields;
  set: (patch: Partial<Fields>) => void;
  isReadOnly: boolean;
  faults: ApiError["details"];
};

function Rights({ fields: { rights }, set, isReadOnly, faults }: RightsProps) {
  const change = (patch: Partial<Fields["rights"]>) => set({ rights: { ...rights, ...patch } });
  const ends = [
    ["from", m.rightsFrom],
    ["until", m.rightsUntil],
  ] as const;
  return (
    <Panel title={m.rights} description={m.rightsText}>
      <div className={rowStart}>
        {ends.map(([end, label]) => (
          <TextField
            key={end}
            label={label}
            type="datetime-local"
            value={toLocalInput(rights[end], localTimezone)}
            isReadOnly={isReadOnly}
            onChange={(local) => change({ [end]: toInstant(local) })}
            {...invalidProps(faults, `/rights/${end}`)}
          />
        ))}
        <TextField
          label={m.rightsNote}
          styles={wide}
          value={rights.note}
          isReadOnly={isReadOnly}
          onChange={(note) => change({ note })}
        />
      </div>
    </Panel>
  );
}

/** A local time of this computer as an instant; null for an empty or half-typed one. */
function toInstant(local: string): string | null {
  const date = new Date(local);
  return local === "" || Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function fieldsOf({ name, folder, tags, alt, focalPoint, rights }: Asset): Fields {
  const { from, until, note } = rights;
  return { name, folder, tags, alt, focalPoint, rights: { from, until, note } };
}
