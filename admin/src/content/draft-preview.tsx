import { Picker, PickerItem, StatusLight, TextField } from "@react-spectrum/s2";
import { useState } from "react";
import { ProductField } from "../catalog/product-field.tsx";
import { DefinitionsField } from "../definitions/definition-field.tsx";
import { messages } from "../messages.data.ts";
import { type ChosenProfile, ProfileField } from "../profiles/profile-field.tsx";
import { useStoreView } from "../shell/use-store-views.ts";
import { JsonView } from "../ui/json-view.tsx";
import { Loading } from "../ui/states.tsx";
import { muted, plainList, stack, stackTight } from "../ui/styles.ts";
import { useDebounced } from "../ui/use-debounced.ts";
import { HtmlPreview } from "./html-preview.tsx";
import { PreviewProblem } from "./preview-problem.tsx";
import type { BlockBody, BlockPreview } from "./shapes.ts";
import { useBlockPreview } from "./use-blocks.ts";

const m = messages.blocks;
const p = messages.preview;
const devices = ["any", "desktop", "mobile", "tablet"] as const;

/** What a chosen customer would get of the block in the form, and why. */
export function DraftPreview({ body, blockKey }: { body: BlockBody; blockKey: string | undefined }) {
  const [profile, setProfile] = useState<ChosenProfile | null>(null);
  const [audiences, setAudiences] = useState<readonly string[]>([]);
  const [device, setDevice] = useState<string>("any");
  const [at, setAt] = useState("");
  const [sku, setSku] = useState<string | null>(null);
  const storeView = useStoreView();
  const hasContent = body.html !== undefined || body.json !== undefined || (body.variants ?? []).length > 0;
  const as = {
    ...(profile ? { profileId: profile.id } : {}),
    ...(audiences.length > 0 ? { audiences } : {}),
    ...(device === "any" ? {} : { device }),
  };
  const request = JSON.stringify({
    ...(blockKey === undefined ? {} : { key: blockKey }),
    draft: { body },
    ...(Object.keys(as).length > 0 ? { as } : {}),
    ...(at === "" ? {} : { asOf: new Date(at).toISOString() }),
    ...(sku ? { sku } : {}),
    ...(storeView ? { storeView } : {}),
  });
  const settled = useDebounced(request, 400);
  const query = useBlockPreview(hasContent && body.placement !== "" ? settled : null);
  return (
    <div className={stack}>
      <ProfileField value={profile} onChange={setProfile} />
      {profile ? null : <p className={muted}>{p.asNobody}</p>}
      <DefinitionsField
        kind="audience"
        label={m.previewAudience}
        placeholder={messages.audiences.choose}
        values={audiences}
        path=""
        faults={[]}
        isReadOnly={false}
        onChange={setAudiences}
      />
      <Picker label={p.device} selectedKey={device} onSelectionChange={(key) => setDevice(String(key))}>
        {devices.map((key) => (
          <PickerItem key={key} id={key}>
            {p.devices[key]}
          </PickerItem>
        ))}
      </Picker>
      <TextField label={p.at} type="datetime-local" value={at} onChange={setAt} />
      <ProductField value={sku} onChange={setSku} />
      <div aria-live="polite">
        {query.error ? <PreviewProblem error={query.error} /> : null}
        {query.isPending && query.isFetching ? <Loading /> : null}
        {query.data && !query.error ? <Outcome preview={query.data} /> : null}
      </div>
    </div>
  );
}

function Outcome({ preview: { shown, reasons, value } }: { preview: BlockPreview }) {
  return (
    <div className={stackTight}>
      <StatusLight variant={shown ? "positive" : "neutral"}>{shown ? m.shown : m.notShown}</StatusLight>
      <ul className={plainList}>
        {reasons.map((reason) => (
          <li key={reason.code + (reason.text ?? "")} className={muted}>
            {reason.text ?? reason.code}
          </li>
        ))}
      </ul>
      {value?.html === undefined ? null : <HtmlPreview html={value.html} title={m.draftPreview} />}
      {value !== null && value.html === undefined ? <p className={muted}>{m.emptyShown}</p> : null}
      {value?.link === undefined ? null : <p className={muted}>{`${m.link}: ${value.link}`}</p>}
      {value?.alt === undefined ? null : <p className={muted}>{`${m.alt}: ${value.alt}`}</p>}
      {value?.json === undefined ? null : <JsonView value={value.json} label={m.data} />}
    </div>
  );
}
