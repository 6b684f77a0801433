import { formatShare } from "../format.ts";
import { messages } from "../messages.data.ts";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { muted, mutedXs, stackTight, strong } from "../ui/styles.ts";
import { AssetGrid, Thumbnail } from "./asset-grid.tsx";
import { sizeText } from "./picture-button.tsx";
import { type Asset, editorUrl } from "./shapes.ts";
import { useRenditions } from "./use-assets.ts";

const m = messages.assets;

/** The picture as each size shows it; cropped ones first, since they depend on the focal point. */
export function RenditionsPanel({ asset }: { asset: Asset }) {
  const query = useRenditions();
  const focal = asset.focalPoint;
  return (
    <Panel title={m.renditions} description={m.renditionsText}>
      <Loaded query={query}>
        {(renditions) => (
          <AssetGrid
            label={m.renditions}
            items={[...renditions].sort((a, b) => Number(b.fit === "cover") - Number(a.fit === "cover"))}
            isStale={false}
            keyOf={({ name }) => name}
          >
            {(rendition) => (
              <div className={stackTight}>
                <Thumbnail src={editorUrl(asset, rendition.name)} alt={m.rendition(rendition.name)} />
                <span className={strong}>{rendition.name}</span>
                <span className={mutedXs}>{sizeText(rendition)}</span>
              </div>
            )}
          </AssetGrid>
        )}
      </Loaded>
      <p className={muted}>{focal ? m.focalAt(formatShare(focal.x), formatShare(focal.y)) : m.focalNone}</p>
    </Panel>
  );
}
