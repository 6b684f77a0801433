import { DialogContainer, TextField } from "@react-spectrum/s2";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { GatedButton } from "../../access/gated-button.tsx";
import { get } from "../../api/client.ts";
import type { Definition, Page } from "../../api/shapes.ts";
import { ChoiceField } from "../../connectors/choice-field.tsx";
import { formatInstant } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { AppLink, useGo, useUrlState } from "../../shell/navigation.tsx";
import { ActionDialog } from "../../ui/action-dialog.tsx";
import type { Column } from "../../ui/data-table.tsx";
import { ListPage } from "../../ui/list-page.tsx";
import { muted } from "../../ui/styles.ts";
import type { CartRuleBody } from "../price-rules/shapes.ts";
import type { Pool } from "./shapes.ts";
import { poolsPath, useNewPool } from "./use-pools.ts";

const m = messages.coupons;

const columns: readonly Column<Pool>[] = [
  {
    key: "name",
    label: m.name,
    text: ({ name }) => name,
    render: ({ id, name }) => <AppLink to={`/coupons/${id}`}>{name}</AppLink>,
  },
  {
    key: "rule",
    label: m.rule,
    text: ({ ruleKey }) => ruleKey,
    render: ({ ruleKey }) => <AppLink to={`/price-rules/${encodeURIComponent(ruleKey)}`}>{ruleKey}</AppLink>,
  },
  { key: "createdAt", label: m.createdAt, isOneLine: true, text: ({ createdAt }) => formatInstant(createdAt) },
  { key: "createdBy", label: m.createdBy, text: ({ createdBy }) => createdBy },
];

/** Pools of codes, newest first. */
export function CouponPoolsPage() {
  const [url, change] = useUrlState();
  const isArchived = url["show"] === "archived";
  return (
    <ListPage<Pool>
      id="coupon-pools"
      title={m.title}
      description={m.description}
      path={poolsPath}
      params={{ archived: isArchived }}
      columns={columns}
      rowKey={({ id }) => id}
      filters={
        <ChoiceField
          label={m.life.show}
          value={isArchived ? "archived" : "inUse"}
          choices={[
            { key: "inUse", label: m.life.inUse },
            { key: "archived", label: m.life.archived },
          ]}
          onChange={(key) => change({ show: key === "archived" ? key : null })}
        />
      }
      actions={
        <>
          <AppLink to="/coupon-report">{m.reportLink}</AppLink>
          <NewPool />
        </>
      }
      empty={{ title: m.emptyTitle, text: m.emptyText, example: m.example, action: <NewPool /> }}
    />
  );
}

function NewPool() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <GatedButton scope="edit" variant="accent" onPress={() => setOpen(true)}>
        {m.create}
      </GatedButton>
      <DialogContainer onDismiss={() => setOpen(false)}>
        {isOpen ? <NewPoolDialog onClose={() => setOpen(false)} /> : null}
      </DialogContainer>
    </>
  );
}

const mostRules = 200;

/** Rules that take generated codes; the list does not tell, so each of the first two hundred is read. */
function usePoolRules() {
  return useQuery({
    queryKey: ["pool-rules"],
    queryFn: async ({ signal }) => {
      const path = "/v1/definitions/cart-price-rule";
      const { items } = await get<Page<{ id: string; status: string }>>(path, { limit: mostRules }, { signal });
      const open = items.filter(({ status }) => status !== "archived");
      const rules = await Promise.all(
        open.map(({ id }) => get<Definition<CartRuleBody>>(`${path}/${id}`, {}, { signal })),
      );
      return rules.filter(({ body }) => body.coupon?.type === "pool");
    },
    staleTime: 10_000,
  });
}

function NewPoolDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const rules = usePoolRules();
  const create = useNewPool();
  const go = useGo();
  const ruleKey = chosen ?? rules.data?.[0]?.key ?? "";
  const make = () =>
    create.mutate(
      { name: name.trim(), ruleKey },
      {
        onSuccess: ({ id }) => {
          onClose();
          go(`/coupons/${id}?tab=generate`);
        },
      },
    );
  return (
    <ActionDialog
      title={m.create}
      action={m.make}
      onAction={make}
      onClose={onClose}
      mutation={create}
      isReady={name.trim() !== "" && ruleKey !== ""}
    >
      <TextField label={m.name} isRequired maxLength={200} value={name} onChange={setName} />
      {rules.data?.length === 0 ? (
        <p className={muted}>{m.noRules}</p>
      ) : (
        <ChoiceField
          label={m.rule}
          description={m.ruleText}
          choices={(rules.data ?? []).map((rule) => ({ key: rule.key, label: rule.name }))}
          value={ruleKey}
          onChange={setChosen}
        />
      )}
    </ActionDialog>
  );
}
