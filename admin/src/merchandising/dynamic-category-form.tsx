import { TextField } from "@react-spectrum/s2";
import { useParams } from "@tanstack/react-router";
import { RuleBuilder } from "../audiences/rule-builder/rule-builder.tsx";
import { type FormProps, invalidProps, type SideProps } from "../definitions/kind-page.ts";
import { formatNumber } from "../format.ts";
import { messages } from "../messages.data.ts";
import { useStoreView } from "../shell/use-store-views.ts";
import { Panel } from "../ui/page.tsx";
import { Loading } from "../ui/states.tsx";
import { muted, rowStart, strong } from "../ui/styles.ts";
import type { DynamicCategoryBody } from "./dynamic-category-kind.tsx";
import { faultsBelow } from "./faults-below.ts";
import { isEmptyRule } from "./previewed-body.ts";
import { ShortList } from "./short-list.tsx";
import { PreviewError } from "./try-search.tsx";
import { useListPreview } from "./use-list-preview.ts";

const m = messages.merchandising.dynamic;
const products = ["product"];
const shown = 12;

export function DynamicCategoryForm({ body, onChange, faults, isReadOnly }: FormProps<DynamicCategoryBody>) {
  return (
    <>
      <Panel title={m.what}>
        <div className={rowStart}>
          <TextField
            label={m.name}
            maxLength={200}
            value={body.name}
            isReadOnly={isReadOnly}
            onChange={(name) => onChange({ ...body, name })}
            {...invalidProps(faults, "/name")}
          />
          <TextField
            label={m.path}
            description={m.pathText}
            maxLength={1_000}
            value={body.category}
            isReadOnly={isReadOnly}
            onChange={(category) => onChange({ ...body, category })}
            {...invalidProps(faults, "/category")}
          />
        </div>
      </Panel>
      <Panel title={m.where} description={m.whereText}>
        <RuleBuilder
          rule={body.where}
          subjects={products}
          isReadOnly={isReadOnly}
          faults={faultsBelow(faults, "/where")}
          onChange={(where) => onChange({ ...body, where })}
        />
      </Panel>
    </>
  );
}

/** How many products fit now, and which stand first. */
export function DynamicCategorySide({ body }: SideProps<DynamicCategoryBody>) {
  const { id = "new" } = useParams({ strict: false }) as { id?: string };
  const storeView = useStoreView();
  const { category, name, where } = body;
  const isWhole = category.trim() !== "" && !isEmptyRule(where);
  const answer = useListPreview({
    subject: isWhole ? { kind: "category", path: category } : null,
    storeView,
    limit: shown,
    // Its name has no say in what fits.
    draft: { kind: "dynamic-category", id, body: { category, name: name || category, where } },
  });
  return (
    <Panel title={m.products}>{isWhole ? <Products answer={answer} /> : <p className={muted}>{m.unfinished}</p>}</Panel>
  );
}

function Products({ answer }: { answer: ReturnType<typeof useListPreview> }) {
  const { data, error } = answer;
  if (error) return <PreviewError error={error} onRetry={() => void answer.refetch()} />;
  if (!data) return <Loading />;
  return (
    <>
      <p className={strong} role="status">
        {messages.merchandising.products.total(formatNumber(data.total))}
      </p>
      <ShortList items={data.items} />
    </>
  );
}
