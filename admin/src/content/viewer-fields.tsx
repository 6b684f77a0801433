import { Picker, PickerItem } from "@react-spectrum/s2";
import { useState } from "react";
import type { Schedule } from "../api/shapes.ts";
import { ProductField } from "../catalog/product-field.tsx";
import { AtField, asOfRequest } from "../definitions/at-field.tsx";
import { DefinitionsField } from "../definitions/definition-field.tsx";
import { messages } from "../messages.data.ts";
import { type ChosenProfile, ProfileField } from "../profiles/profile-field.tsx";
import { useStoreView } from "../shell/use-store-views.ts";
import { muted } from "../ui/styles.ts";

const m = messages.blocks;
const p = messages.preview;
const devices = ["any", "desktop", "mobile", "tablet"] as const;

type Viewer = {
  readonly profile: ChosenProfile | null;
  readonly audiences: readonly string[];
  readonly device: string;
  readonly at: string;
  readonly sku: string | null;
};
const nobody: Viewer = { profile: null, audiences: [], device: "any", at: "", sku: null };

/**
 * Who looks at a preview, when, and at which product; `request` is what the server's previews take of it.
 *
 * @param schedule of the draft: the time is local time of its zone
 */
export function useViewer(schedule: Schedule | null) {
  const [viewer, setViewer] = useState<Viewer>(nobody);
  const storeView = useStoreView();
  const { profile, audiences, device, at, sku } = viewer;
  const as = {
    ...(profile ? { profileId: profile.id } : {}),
    ...(audiences.length > 0 ? { audiences } : {}),
    ...(device === "any" ? {} : { device }),
  };
  const request = {
    ...(Object.keys(as).length > 0 ? { as } : {}),
    ...asOfRequest(at, schedule),
    ...(sku ? { sku } : {}),
    ...(storeView ? { storeView } : {}),
  };
  return { viewer, setViewer, request };
}

type Props = {
  readonly viewer: Viewer;
  readonly schedule: Schedule | null;
  readonly onChange: (viewer: Viewer) => void;
};

export function ViewerFields({ viewer, schedule, onChange }: Props) {
  const set = (patch: Partial<Viewer>) => onChange({ ...viewer, ...patch });
  return (
    <>
      <ProfileField value={viewer.profile} onChange={(profile) => set({ profile })} />
      {viewer.profile ? null : <p className={muted}>{p.asNobody}</p>}
      <DefinitionsField
        kind="audience"
        label={m.previewAudience}
        placeholder={messages.audiences.choose}
        values={viewer.audiences}
        path=""
        faults={[]}
        isReadOnly={false}
        onChange={(audiences) => set({ audiences })}
      />
      <Picker label={p.device} selectedKey={viewer.device} onSelectionChange={(key) => set({ device: String(key) })}>
        {devices.map((key) => (
          <PickerItem key={key} id={key}>
            {p.devices[key]}
          </PickerItem>
        ))}
      </Picker>
      <AtField value={viewer.at} schedule={schedule} onChange={(at) => set({ at })} />
      <ProductField value={viewer.sku} onChange={(sku) => set({ sku })} />
    </>
  );
}
