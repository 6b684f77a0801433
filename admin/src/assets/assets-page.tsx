import { DialogContainer, LinkButton, SearchField, TextField } from "@react-spectrum/s2";
import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { useEffect, useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import { ChoiceField } from "../connectors/choice-field.tsx";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { useUrlState } from "../shell/navigation.tsx";
import { ActionDialog } from "../ui/action-dialog.tsx";
import { MoreRows } from "../ui/more-rows.tsx";
import { Page } from "../ui/page.tsx";
import { EmptyState, Loaded } from "../ui/states.tsx";
import { muted, rowEnd } from "../ui/styles.ts";
import { showDone } from "../ui/toasts.ts";
import { useDebounced } from "../ui/use-debounced.ts";
import { AssetCard } from "./asset-card.tsx";
import { AssetGrid } from "./asset-grid.tsx";
import { assetFormats, rightsStates } from "./shapes.ts";
import { UploadPanel } from "./upload-panel.tsx";
import { useAssetActions, useAssets, useFolders } from "./use-assets.ts";

const m = messages.assets;
const searchWidth = style({ width: 280 });
const any = "any";

/** The library: what is in it, found by name, folder, tag, format and rights, and new files into it. */
export function AssetsPage() {
  const [url, change] = useUrlState();
  const [search, setSearch] = useState(url["q"] ?? "");
  const settled = useDebounced(search, 250);
  useEffect(() => {
    if (settled !== (url["q"] ?? "")) change({ q: settled });
  }, [settled, url, change]);
  const status = url["status"] ?? "active";
  const filter = {
    search: settled,
    folder: url["folder"] ?? "",
    tag: url["tag"] ?? "",
    format: url["format"] ?? "",
    rights: url["rights"] ?? "",
    status: status === any ? "" : status,
  };
  const query = useAssets(filter);
  const isFiltered = Object.entries(filter).some(([name, value]) => name !== "status" && value !== "");
  return (
    <Page
      title={m.title}
      description={m.description}
      actions={
        <LinkButton href="/picture-sizes" variant="secondary">
          {m.sizes}
        </LinkButton>
      }
    >
      <UploadPanel folder={filter.folder} />
      <div className={rowEnd}>
        <SearchField label={m.search} value={search} onChange={setSearch} autoComplete="off" styles={searchWidth} />
        <FolderFilters />
        <UrlChoice
          name="format"
          label={m.format}
          all={m.allFormats}
          choices={assetFormats.map((key) => ({ key, label: key.toUpperCase() }))}
        />
        <UrlChoice
          name="rights"
          label={m.rights}
          all={m.anyRights}
          choices={rightsStates.map((key) => ({ key, label: m.rightsStates[key] }))}
        />
        <ChoiceField
          label={m.status}
          value={status}
          choices={[
            { key: "active", label: m.statuses.active },
            { key: "archived", label: m.statuses.archived },
            { key: any, label: m.anyStatus },
          ]}
          onChange={(key) => change({ status: key === "active" ? null : key })}
        />
        {filter.folder === "" ? null : <RenameFolder key={filter.folder} folder={filter.folder} />}
      </div>
      <Loaded query={query}>
        {({ pages }) => {
          const assets = pages.flatMap(({ items }) => items);
          if (assets.length === 0)
            return isFiltered || status !== "active" ? (
              <EmptyState title={messages.list.noMatch} text={messages.list.noMatchText} />
            ) : (
              <EmptyState title={m.emptyTitle} text={m.emptyText} />
            );
          return (
            <>
              <AssetGrid label={m.title} items={assets} isStale={query.isPlaceholderData} keyOf={({ id }) => id}>
                {(asset) => <AssetCard asset={asset} />}
              </AssetGrid>
              <p className={muted} role="status">
                {m.count(formatNumber(assets.length))}
              </p>
              <MoreRows query={query} />
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

type UrlChoiceProps = {
  name: string;
  label: string;
  all: string;
  choices: readonly { readonly key: string; readonly label: string }[];
};

function UrlChoice({ name, label, all, choices }: UrlChoiceProps) {
  const [url, change] = useUrlState();
  return (
    <ChoiceField
      label={label}
      value={url[name] ?? any}
      choices={[{ key: any, label: all }, ...choices]}
      onChange={(key) => change({ [name]: key === any ? null : key })}
    />
  );
}

function FolderFilters() {
  const [url] = useUrlState();
  const { folders = [], tags = [] } = useFolders().data ?? {};
  const chosen = url["folder"] ?? "";
  const known = folders.filter(({ path }) => path !== "");
  const withChosen =
    chosen === "" || known.some(({ path }) => path === chosen) ? known : [...known, { path: chosen, assets: 0 }];
  return (
    <>
      <UrlChoice
        name="folder"
        label={m.folder}
        all={m.allFolders}
        choices={withChosen.map(({ path, assets }) => ({ key: path, label: m.folderItem(path, formatNumber(assets)) }))}
      />
      <UrlChoice
        name="tag"
        label={m.tag}
        all={m.allTags}
        choices={tags.map(({ tag, assets }) => ({ key: tag, label: m.tagItem(tag, formatNumber(assets)) }))}
      />
    </>
  );
}

function RenameFolder({ folder }: { folder: string }) {
  const [isOpen, setOpen] = useState(false);
  const [to, setTo] = useState(folder);
  const [, change] = useUrlState();
  const { moveFolder } = useAssetActions();
  return (
    <>
      <GatedButton scope="edit" variant="secondary" onPress={() => setOpen(true)}>
        {m.renameFolder}
      </GatedButton>
      <DialogContainer onDismiss={() => setOpen(false)}>
        {isOpen ? (
          <ActionDialog
            title={m.renameFolder}
            action={m.renameFolder}
            mutation={moveFolder}
            isReady={to.trim() !== "" && to !== folder}
            onClose={() => setOpen(false)}
            onAction={() =>
              moveFolder.mutate(
                { from: folder, to },
                {
                  onSuccess: ({ moved }) => {
                    showDone(m.moved(moved));
                    setOpen(false);
                    change({ folder: to.trim() });
                  },
                },
              )
            }
          >
            <p className={muted}>{m.renameFolderText}</p>
            <TextField label={m.newPath} value={to} onChange={setTo} />
          </ActionDialog>
        ) : null}
      </DialogContainer>
    </>
  );
}
