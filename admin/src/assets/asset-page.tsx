import { Badge } from "@react-spectrum/s2";
import { useParams } from "@tanstack/react-router";
import { messages } from "../messages.data.ts";
import { Page } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { mainAndSide, stackWide } from "../ui/styles.ts";
import { AssetActions } from "./asset-actions.tsx";
import { AssetForm } from "./asset-form.tsx";
import { FilePanel } from "./file-panel.tsx";
import { RenditionsPanel } from "./renditions-panel.tsx";
import { UsagePanel } from "./usage-panel.tsx";
import { useAsset } from "./use-assets.ts";
import { VersionsPanel } from "./versions-panel.tsx";

const m = messages.assets;

/** One picture: what is written about it, its sizes, its old files, and where it is used. */
export function AssetPage() {
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const query = useAsset(id);
  return (
    <Loaded query={query}>
      {(asset) => (
        <Page
          title={asset.name}
          description={asset.folder}
          parent={{ label: m.back, to: "/pictures" }}
          badge={asset.status === "archived" ? <Badge variant="neutral">{m.archived}</Badge> : null}
          actions={<AssetActions asset={asset} />}
        >
          <div className={mainAndSide}>
            <div className={stackWide}>
              {/* A change gives a new etag: the form then starts over from what the server holds. */}
              <AssetForm key={asset.etag} asset={asset} />
              <RenditionsPanel asset={asset} />
              <VersionsPanel asset={asset} />
            </div>
            <aside className={stackWide} aria-label={m.file}>
              <FilePanel asset={asset} />
              <UsagePanel id={asset.id} />
            </aside>
          </div>
        </Page>
      )}
    </Loaded>
  );
}
