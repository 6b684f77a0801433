import { ActionButton, DialogContainer, SearchField } from "@react-spectrum/s2";
import { useEffect, useRef, useState } from "react";
import { GatedButton } from "../../access/gated-button.tsx";
import { download } from "../../activation/download.ts";
import { withParams } from "../../api/client.ts";
import { ChoiceField } from "../../connectors/choice-field.tsx";
import { formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { MoreRows } from "../../ui/more-rows.tsx";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { muted, row, rowBetween, rowEnd, stack } from "../../ui/styles.ts";
import { showDone, showError, showInfo } from "../../ui/toasts.ts";
import { useDebounced } from "../../ui/use-debounced.ts";
import type { Code, PoolDetail } from "./shapes.ts";
import { type CodeFilter, poolsPath, useCodes, usePoolActions } from "./use-pools.ts";

const m = messages.coupons.codes;

const columns: readonly Column<Code>[] = [
  { key: "code", label: m.code, isOneLine: true, text: ({ code }) => code },
  { key: "used", label: m.uses, align: "end", text: ({ used }) => formatNumber(used) },
  {
    key: "limit",
    label: m.limit,
    align: "end",
    text: ({ limit }) => (limit === null ? m.asRule : formatNumber(limit)),
  },
  { key: "expires", label: m.expires, isOneLine: true, text: ({ expires }) => expires ?? m.never },
];

const uses = { any: undefined, used: true, unused: false } as const;
type Use = keyof typeof uses;
const none: ReadonlySet<string> = new Set();

/** Codes by their beginning, in order; exported or deleted, some or all that match. */
export function CodesPanel({ pool }: { pool: PoolDetail }) {
  const [typed, setTyped] = useState("");
  const [use, setUse] = useState<Use>("any");
  const [keys, setKeys] = useState(none);
  const search = useDebounced(typed, 300);
  const filter: CodeFilter = { search, used: uses[use] };
  const query = useCodes(pool.id, filter, pool.codes);
  const rows = query.data?.pages.flatMap(({ items }) => items);
  const { isUnderWay, save, stop } = useExport(pool.id, filter);
  return (
    <div className={stack}>
      <div className={rowBetween}>
        <div className={rowEnd}>
          <SearchField label={m.search} value={typed} onChange={setTyped} autoComplete="off" />
          <ChoiceField
            label={m.use}
            value={use}
            choices={[
              { key: "any", label: m.anyUse },
              { key: "used", label: m.used },
              { key: "unused", label: m.unused },
            ]}
            onChange={(key) => setUse(key === "used" || key === "unused" ? key : "any")}
          />
        </div>
        <div className={row}>
          {isUnderWay ? (
            <>
              <span role="status" className={muted}>
                {messages.coupons.exporting}
              </span>
              <ActionButton onPress={stop}>{messages.coupons.cancelExport}</ActionButton>
            </>
          ) : (
            <>
              <ActionButton isDisabled={pool.codes === 0} onPress={() => void save("csv")}>
                {messages.coupons.exportCsv}
              </ActionButton>
              <ActionButton isDisabled={pool.codes === 0} onPress={() => void save("xml")}>
                {messages.coupons.exportXml}
              </ActionButton>
            </>
          )}
        </div>
      </div>
      <p className={muted}>{messages.coupons.exportNote}</p>
      <Loaded query={{ ...query, data: rows }}>
        {(codes) =>
          codes.length === 0 ? (
            <EmptyState title={pool.codes === 0 ? m.none : m.noMatch} text={pool.codes === 0 ? m.noneText : ""} />
          ) : (
            <>
              <Deletion pool={pool} filter={filter} keys={keys} onDone={() => setKeys(none)} />
              <DataTable
                label={messages.coupons.codesTab}
                columns={columns}
                rows={codes}
                rowKey={({ code }) => code}
                selection={{ keys, change: setKeys }}
                isStale={query.isPlaceholderData}
              />
              <MoreRows query={query} />
            </>
          )
        }
      </Loaded>
    </div>
  );
}

/** One export at a time; it ends with the page. */
function useExport(poolId: string, filter: CodeFilter) {
  const [isUnderWay, setUnderWay] = useState(false);
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);
  const save = async (format: "csv" | "xml") => {
    const controller = new AbortController();
    current.current = controller;
    setUnderWay(true);
    const path = withParams(`${poolsPath}/${poolId}/codes.${format}`, filter);
    try {
      await download(path, `coupons.${format}`, controller.signal);
    } catch (error) {
      if (controller.signal.aborted) showInfo(messages.coupons.exportCancelled);
      else showError(error);
    } finally {
      setUnderWay(false);
    }
  };
  return { isUnderWay, save, stop: () => current.current?.abort() };
}

type DeletionProps = { pool: PoolDetail; filter: CodeFilter; keys: ReadonlySet<string>; onDone: () => void };

function Deletion({ pool, filter, keys, onDone }: DeletionProps) {
  const [asked, setAsked] = useState<"selected" | "all" | null>(null);
  const { erase } = usePoolActions(pool.id);
  const run = () =>
    erase.mutate(asked === "all" ? { matching: matchingOf(filter) } : { codes: [...keys] }, {
      onSuccess: ({ deleted }) => {
        showDone(m.deleted(formatNumber(deleted)));
        onDone();
      },
      onError: showError,
    });
  const text = asked === "all" ? m.deleteAllText : m.deleteText(formatNumber(keys.size));
  return (
    <div className={row}>
      <GatedButton
        scope="edit"
        variant="secondary"
        size="S"
        isDisabled={keys.size === 0}
        isPending={erase.isPending}
        onPress={() => setAsked("selected")}
      >
        {m.delete(formatNumber(keys.size))}
      </GatedButton>
      <GatedButton scope="edit" variant="secondary" size="S" onPress={() => setAsked("all")}>
        {m.deleteAll}
      </GatedButton>
      <DialogContainer onDismiss={() => setAsked(null)}>
        {asked ? <ConfirmDialog title={m.deleteTitle} text={text} label={m.confirm} onConfirm={run} /> : null}
      </DialogContainer>
    </div>
  );
}

function matchingOf({ search, used }: CodeFilter): object {
  return { ...(search === "" ? {} : { search }), ...(used === undefined ? {} : { used }) };
}
