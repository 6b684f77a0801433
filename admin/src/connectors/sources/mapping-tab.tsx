import { ActionButton, Content, Heading, InlineAlert, Menu, MenuItem, MenuTrigger, Text } from "@react-spectrum/s2";
import ChevronDown from "@react-spectrum/s2/icons/ChevronDown";
import { useState } from "react";
import { GatedButton } from "../../access/gated-button.tsx";
import { NeedsScope } from "../../access/needs-scope.tsx";
import { useGate } from "../../access/use-session.ts";
import { useLeaveGuard } from "../../definitions/use-leave-guard.ts";
import { messages } from "../../messages.data.ts";
import { EmptyState, ErrorState } from "../../ui/states.tsx";
import { muted, row, rowEnd, stackWide } from "../../ui/styles.ts";
import { showDone, showError } from "../../ui/toasts.ts";
import { ChoiceField } from "../choice-field.tsx";
import { MappingEditor } from "../mapping/mapping-editor.tsx";
import { emptyMapping, isProvisional } from "../mapping/mapping-model.ts";
import { MappingPreview } from "../mapping/mapping-preview.tsx";
import { SampleField } from "../mapping/sample-field.tsx";
import { type Mapping, type RecordKind, recordKinds } from "../mapping/shapes.ts";
import { useSamplePreview } from "../mapping/use-preview.ts";
import { Refusal } from "../refusal.tsx";
import type { Source, SourceConfig } from "./shapes.ts";
import { useSourceActions } from "./use-source.ts";

const m = messages.connectors.mapping;
const common = messages.connectors.common;
const kinds = messages.connectors.kinds;

/** The mapping of a source, or one for each kind of record that comes by webhook. */
export function MappingTab({ source }: { source: Source }) {
  const { config } = source;
  if (config.type === "webhook" && config.preset !== "generic") return <p className={muted}>{m.onlyGeneric}</p>;
  if (config.type === "webhook") return <WebhookMappings source={source} mappings={config.mappings} />;
  return <OneMapping source={source} mapping={config.mapping} toConfig={(mapping) => ({ ...config, mapping })} />;
}

/** One kind at a time: each has rows of its own to try. */
function WebhookMappings({ source, mappings }: { source: Source; mappings: readonly Mapping[] }) {
  const [chosen, setChosen] = useState<RecordKind | null>(null);
  const isReadOnly = !useGate("admin").isAllowed;
  const { save } = useSourceActions(source);
  const { config } = source;
  if (config.type !== "webhook") return null;
  const shown = chosen ?? mappings[0]?.kind;
  const known = mappings.map(({ kind }) => kind);
  const listed = shown === undefined || known.includes(shown) ? known : [...known, shown];
  const withMappings = (next: readonly Mapping[]): SourceConfig => ({ ...config, mappings: next });
  const without = (kind: RecordKind) => mappings.filter((mapping) => mapping.kind !== kind);
  return (
    <div className={stackWide}>
      {shown === undefined ? <EmptyState title={m.notSetUp} text={m.noneYet} /> : null}
      <div className={rowEnd}>
        {shown === undefined ? null : (
          <ChoiceField
            label={m.kindOf}
            value={shown}
            choices={listed.map((kind) => ({ key: kind, label: kinds[kind].many }))}
            onChange={(key) => setChosen(recordKinds.find((kind) => kind === key) ?? null)}
          />
        )}
        {isReadOnly ? null : <AddKind kinds={recordKinds.filter((kind) => !listed.includes(kind))} onAdd={setChosen} />}
      </div>
      {shown === undefined ? null : (
        <OneMapping
          key={shown}
          source={source}
          mapping={mappings.find(({ kind }) => kind === shown) ?? emptyMapping(shown)}
          title={m.mappingOf(kinds[shown].many)}
          toConfig={(next) => withMappings([...without(next.kind), next])}
          onRemove={() => {
            setChosen(null);
            if (known.includes(shown)) save.mutate({ config: withMappings(without(shown)) }, { onError: showError });
          }}
        />
      )}
    </div>
  );
}

function AddKind({ kinds: open, onAdd }: { kinds: readonly RecordKind[]; onAdd: (kind: RecordKind) => void }) {
  if (open.length === 0) return null;
  return (
    <MenuTrigger>
      <ActionButton>
        <Text>{m.addKind}</Text>
        <ChevronDown />
      </ActionButton>
      <Menu
        onAction={(key) => {
          const kind = open.find((known) => known === key);
          if (kind) onAdd(kind);
        }}
      >
        {open.map((kind) => (
          <MenuItem key={kind} id={kind}>
            {kinds[kind].many}
          </MenuItem>
        ))}
      </Menu>
    </MenuTrigger>
  );
}

type OneProps = {
  source: Source;
  mapping: Mapping;
  title?: string;
  toConfig: (mapping: Mapping) => SourceConfig;
  onRemove?: () => void;
};

/** Rows to try, the mapping, what becomes of them; nothing is stored before Save. */
function OneMapping({ source, mapping: stored, title, toConfig, onRemove }: OneProps) {
  const isNew = isProvisional(stored) || Object.keys(stored.fields).length === 0;
  const [edited, setEdited] = useState<Mapping | null>(null);
  const [sample, setSample] = useState("");
  const isReadOnly = !useGate("admin").isAllowed;
  const { save, test } = useSourceActions(source);
  // What is not mapped yet is guessed from the sample.
  const tried = edited ?? (isNew ? null : stored);
  const state = useSamplePreview(stored.kind, sample, tried, source.config.customerNamespace);
  const { preview, faults } = state;
  const mapping = tried ?? preview?.mapping ?? emptyMapping(stored.kind);
  const isChanged = edited !== null || (isNew && preview !== undefined);
  useLeaveGuard(isChanged && !save.isPending);
  const tested = test.data?.columns ?? [];
  const columns = [...new Set([...(preview?.sample ?? []).flatMap((row) => Object.keys(row)), ...tested])];
  return (
    <>
      {isProvisional(stored) ? (
        <InlineAlert variant="notice">
          <Heading level={2}>{m.notSetUp}</Heading>
          <Content>{m.notSetUpText}</Content>
        </InlineAlert>
      ) : null}
      <NeedsScope scope="personal-data">
        <SampleField
          value={sample}
          onChange={setSample}
          actions={
            source.type === "sql" ? (
              <ActionButton
                isPending={test.isPending}
                onPress={() =>
                  test.mutate(undefined, {
                    onSuccess: ({ columns: names = [] }) => sample === "" && setSample(headerLine(names)),
                  })
                }
              >
                {messages.connectors.sample.fromTest}
              </ActionButton>
            ) : null
          }
        />
      </NeedsScope>
      {test.data && !test.data.ok ? <ErrorState error={test.data.message} /> : null}
      {state.error ? <ErrorState error={state.error} /> : null}
      <MappingEditor
        mapping={mapping}
        columns={columns}
        preview={preview}
        faults={preview ? [...preview.faults, ...faults] : faults}
        isReadOnly={isReadOnly}
        onChange={setEdited}
        {...(title ? { title } : {})}
        aside={
          onRemove ? (
            <ActionButton isDisabled={isReadOnly} onPress={onRemove}>
              {m.removeKind(kinds[stored.kind].many)}
            </ActionButton>
          ) : null
        }
      />
      <MappingPreview
        preview={preview}
        faults={faults}
        isUpdating={state.isUpdating}
        waiting={messages.connectors.preview.waiting}
      />
      <Refusal error={save.error} />
      <div className={row}>
        <GatedButton
          scope="admin"
          variant="accent"
          isDisabled={!isChanged}
          isPending={save.isPending}
          onPress={() =>
            save.mutate(
              { config: toConfig(mapping) },
              {
                onSuccess: () => {
                  // The rows to try stay: what was saved is shown with them.
                  setEdited(null);
                  showDone(common.saved(source.name));
                },
              },
            )
          }
        >
          {common.save}
        </GatedButton>
        {isChanged ? <span className={muted}>{common.unsaved}</span> : null}
      </div>
    </>
  );
}

function headerLine(names: readonly string[]): string {
  return names.length === 0 ? "" : `${names.map((name) => (/[",]/.test(name) ? `"${name}"` : name)).join(",")}\n`;
}
