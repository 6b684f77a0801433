import { useState } from "react";
import type { SideProps } from "../definitions/kind-page.ts";
import { formatInstant, formatNumber, formatShortId } from "../format.ts";
import { messages } from "../messages.data.ts";
import { type ChosenProfile, ProfileField } from "../profiles/profile-field.tsx";
import { traitText } from "../profiles/trait-facts.ts";
import { AppLink } from "../shell/navigation.tsx";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { DraftProblem } from "../ui/draft-problem.tsx";
import { Panel } from "../ui/page.tsx";
import { Loading } from "../ui/states.tsx";
import { muted, pageTitle, stackTight } from "../ui/styles.ts";
import type { TraitBody } from "./trait-body.ts";
import { StatusPanel } from "./trait-status.tsx";
import { type TraitPreview, useTraitPreview } from "./use-traits.ts";

const m = messages.traits.preview;

/** What the draft would say of a person, and how far the live version is. */
export function TraitSide({ body, definition }: SideProps<TraitBody>) {
  const [person, setPerson] = useState<ChosenProfile | null>(null);
  const preview = useTraitPreview(definition?.key ?? "draft", body, person?.id ?? null);
  return (
    <>
      <StatusPanel definition={definition} />
      <Panel
        title={m.title}
        description={m.text}
        aside={preview.isBehind ? <span className={muted}>{m.counting}</span> : null}
      >
        <ProfileField label={m.person} value={person} onChange={setPerson} />
        {person === null ? <p className={muted}>{m.personText}</p> : null}
        <div aria-live="polite" className={stackTight}>
          {preview.error ? <DraftProblem error={preview.error} unfinished={m.unfinished} /> : null}
          {preview.data && !preview.error ? (
            <Values items={preview.data.items} isOne={person !== null} valueType={body.valueType} />
          ) : null}
          {preview.isPending ? <Loading /> : null}
        </div>
      </Panel>
    </>
  );
}

type ValuesProps = { items: readonly TraitPreview[]; isOne: boolean; valueType: string | undefined };

function Values({ items, isOne, valueType }: ValuesProps) {
  const [first] = items;
  if (!first) return <p className={muted}>{m.none}</p>;
  if (isOne) return <OneValue item={first} valueType={valueType} />;
  const found = items.filter(({ value }) => value !== null).length;
  return (
    <>
      <p className={muted}>{m.valuesOf(formatNumber(found), formatNumber(items.length))}</p>
      <DataTable label={m.title} columns={columnsOf(valueType)} rows={items} rowKey={({ profileId }) => profileId} />
    </>
  );
}

function OneValue({ item, valueType }: { item: TraitPreview; valueType: string | undefined }) {
  return (
    <>
      <p className={pageTitle}>{traitText(item.value, valueType) || m.noValue}</p>
      {item.at === null ? null : <p className={muted}>{m.at(formatInstant(item.at))}</p>}
      {item.skipped ? <p className={muted}>{m.skipped(formatNumber(item.skipped))}</p> : null}
      {item.flags.map((flag) => (
        <p key={flag} className={muted}>
          {m.flags[flag] ?? flag}
        </p>
      ))}
    </>
  );
}

function columnsOf(valueType: string | undefined): readonly Column<TraitPreview>[] {
  return [
    {
      key: "who",
      label: m.who,
      text: ({ profileId }) => profileId,
      render: ({ profileId }) => <AppLink to={`/profiles/${profileId}`}>{formatShortId(profileId)}</AppLink>,
    },
    { key: "value", label: m.value, text: ({ value }) => traitText(value, valueType) || m.noValue },
  ];
}
