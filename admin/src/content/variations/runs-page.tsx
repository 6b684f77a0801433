import { LinkButton } from "@react-spectrum/s2";
import { ChoiceField } from "../../connectors/choice-field.tsx";
import { formatInstant, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { AppLink, useUrlState } from "../../shell/navigation.tsx";
import type { Column } from "../../ui/data-table.tsx";
import { ListPage } from "../../ui/list-page.tsx";
import { mutedXs } from "../../ui/styles.ts";
import { type VariationRun, variationStates } from "./shapes.ts";
import { fieldName } from "./words.ts";

const m = messages.variations;
const any = "any";

const columns: readonly Column<VariationRun>[] = [
  {
    key: "block",
    label: m.block,
    text: ({ block }) => block,
    render: ({ id, block, field }) => (
      <>
        <AppLink to={`/variations/${id}`}>{block}</AppLink>
        <div className={mutedXs}>{fieldName(field)}</div>
      </>
    ),
  },
  { key: "audience", label: m.audience, text: ({ audience }) => audience ?? m.everybody },
  { key: "locale", label: m.locale, text: ({ locale }) => locale },
  { key: "model", label: m.modelName, text: ({ model }) => model ?? m.handWritten },
  { key: "status", label: m.status, text: ({ status }) => m.statuses[status] ?? status },
  { key: "wanted", label: m.wanted, align: "end", text: ({ wanted }) => formatNumber(wanted) },
  { key: "created", label: m.created, isOneLine: true, text: ({ createdAt }) => formatInstant(createdAt) },
  { key: "by", label: m.by, text: ({ createdBy }) => createdBy },
];

/** Every run, newest first. */
export function VariationRunsPage() {
  const [url, change] = useUrlState();
  return (
    <ListPage<VariationRun>
      id="content-variations"
      title={m.title}
      description={m.description}
      path="/v1/content-variations"
      params={{ state: url["state"], block: url["block"] }}
      columns={columns}
      rowKey={({ id }) => id}
      filters={
        <ChoiceField
          label={m.hasState}
          value={url["state"] ?? any}
          choices={[{ key: any, label: m.anyState }, ...variationStates.map((key) => ({ key, label: m.states[key] }))]}
          onChange={(key) => change({ state: key === any ? null : key, at: null })}
        />
      }
      actions={
        <>
          <LinkButton href="/brand-rules" variant="secondary">
            {m.rulesLink}
          </LinkButton>
          <CreateButton />
        </>
      }
      empty={{ title: m.emptyTitle, text: m.emptyText, action: <CreateButton /> }}
    />
  );
}

function CreateButton() {
  return (
    <LinkButton href="/variations/new" variant="accent">
      {m.create}
    </LinkButton>
  );
}
