import { Badge, DialogContainer, Picker, PickerItem } from "@react-spectrum/s2";
import { useState } from "react";
import { GatedButton } from "../access/gated-button.tsx";
import type { Page } from "../api/shapes.ts";
import { formatInstant } from "../format.ts";
import { messages } from "../messages.data.ts";
import { ConfirmDialog } from "../ui/confirm-dialog.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Panel } from "../ui/page.tsx";
import { Loaded } from "../ui/states.tsx";
import { muted, row, rowEnd, stackWide } from "../ui/styles.ts";
import { showDone, showError } from "../ui/toasts.ts";
import { ChangeList } from "./diff-view.tsx";
import { useDefinitionActions, useDefinitionPart, useDiff, type Version } from "./use-definition.ts";

const m = messages.definitions;

type Props = { kind: string; id: string; liveVersion: number | null };

/** Every version with author, time and note; any two can be compared, any can be made live again. */
export function VersionsTab(props: Props) {
  const query = useDefinitionPart<Version>(props.kind, props.id, "versions");
  return (
    <Loaded query={query}>
      {(data: Page<Version>) => (
        <div className={stackWide}>
          <VersionTable {...props} versions={data.items} />
          {data.items.length > 1 ? <Compare {...props} versions={data.items} /> : null}
        </div>
      )}
    </Loaded>
  );
}

function VersionTable({ kind, id, liveVersion, versions }: Props & { versions: readonly Version[] }) {
  const [asked, setAsked] = useState<number | null>(null);
  const { act } = useDefinitionActions(kind);
  const rollBack = (version: number) =>
    act.mutate(
      { id, verb: "rollback", input: { version } },
      { onSuccess: () => showDone(m.rolledBack(version)), onError: showError },
    );
  const columns: readonly Column<Version>[] = [
    {
      key: "version",
      label: m.version,
      text: ({ version }) => String(version),
      render: ({ version }) => (
        <span className={row}>
          {version}
          {version === liveVersion ? <Badge variant="positive">{messages.status.live}</Badge> : null}
        </span>
      ),
    },
    { key: "author", label: m.author, text: ({ author }) => author },
    { key: "time", isOneLine: true, label: m.time, text: (version) => formatInstant(version.createdAt) },
    {
      key: "note",
      label: m.note,
      text: noteOf,
    },
    {
      key: "act",
      isOneLine: true,
      label: m.action,
      align: "end",
      text: () => "",
      render: ({ version }) =>
        version === liveVersion ? null : (
          <GatedButton scope="publish" size="S" variant="secondary" onPress={() => setAsked(version)}>
            {m.rollBack}
          </GatedButton>
        ),
    },
  ];
  return (
    <>
      <DataTable label={m.versions} columns={columns} rows={versions} rowKey={({ version }) => String(version)} />
      <DialogContainer onDismiss={() => setAsked(null)}>
        {asked === null ? null : (
          <ConfirmDialog
            isHarmless
            title={m.rollBackTitle(asked)}
            text={m.rollBackText}
            label={m.rollBack}
            onConfirm={() => rollBack(asked)}
          />
        )}
      </DialogContainer>
    </>
  );
}

function noteOf({ note, restoredFrom }: Version): string {
  const parts = [restoredFrom === null ? "" : m.restored(restoredFrom), note].filter((part) => part !== "");
  return parts.join(" · ") || messages.common.none;
}

function Compare({ kind, id, liveVersion, versions }: Props & { versions: readonly Version[] }) {
  const numbers = versions.map(({ version }) => version).sort((a, b) => a - b);
  const [from, setFrom] = useState(String(liveVersion ?? numbers[0]));
  const [to, setTo] = useState(String(numbers.at(-1)));
  const diff = useDiff(kind, id, Number(from), Number(to));
  const choices = numbers.map(String);
  return (
    <Panel title={m.compare}>
      <div className={rowEnd}>
        <VersionPicker label={m.from} choices={choices} value={from} onChange={setFrom} />
        <VersionPicker label={m.to} choices={choices} value={to} onChange={setTo} />
      </div>
      {from === to ? (
        <p className={muted}>{m.sameVersion}</p>
      ) : (
        <Loaded query={diff}>{(answer) => <ChangeList changes={answer.items} />}</Loaded>
      )}
    </Panel>
  );
}

type PickerProps = { label: string; choices: readonly string[]; value: string; onChange: (value: string) => void };

function VersionPicker({ label, choices, value, onChange }: PickerProps) {
  return (
    <Picker label={label} selectedKey={value} onSelectionChange={(key) => onChange(String(key))}>
      {choices.map((choice) => (
        <PickerItem key={choice} id={choice}>
          {m.versionNumber(choice)}
        </PickerItem>
      ))}
    </Picker>
  );
}
