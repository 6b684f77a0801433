import { Badge } from "@react-spectrum/s2";
import type { ReactNode } from "react";
import { pathByKind } from "../../definitions/path-by-kind.ts";
import { formatAgo, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { AppLink } from "../../shell/navigation.tsx";
import { MoreRows } from "../../ui/more-rows.tsx";
import { Panel } from "../../ui/page.tsx";
import { EmptyState, Loaded, Loading } from "../../ui/states.tsx";
import { body as bodyText, muted, mutedXs, plainList, row, stackTight } from "../../ui/styles.ts";
import { NotLiveLinks } from "./not-live.tsx";
import type { RuleRef, RuleWarning, RuleWarnings } from "./shapes.ts";
import { useRuleWarnings } from "./use-warnings.ts";

const m = messages.warnings;

/** What is wrong with the published price rules, problems first. */
export function RuleWarningsPanel({ onlyProblems }: { onlyProblems: boolean }) {
  const query = useRuleWarnings("price-rules", onlyProblems);
  return (
    <Panel title={m.rules}>
      <Loaded query={query}>
        {({ pages }) => {
          const [first] = pages;
          if (!first?.computedAt) return <Loading />;
          return (
            <>
              <p className={muted} role="status">
                {first.state === "computing"
                  ? m.computing
                  : `${m.rulesText(formatNumber(first.rules), formatNumber(first.products))} ${m.rulesFrom(formatAgo(first.computedAt))}`}
              </p>
              {first.isCut ? <p className={muted}>{m.cut}</p> : null}
              <Warnings
                pages={pages}
                label={m.ruleList}
                empty={<EmptyState title={onlyProblems ? m.noRules : m.noRuleWarnings} text={m.noRulesText} />}
              />
              <MoreRows query={query} />
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}

/** Published offers, collections and policies that name what is not live. */
export function OfferWarningsPanel({ onlyProblems }: { onlyProblems: boolean }) {
  const query = useRuleWarnings("offers", onlyProblems);
  return (
    <Panel title={m.offers} description={m.offersText}>
      <Loaded query={query}>
        {({ pages }) =>
          pages[0]?.computedAt ? (
            <>
              <Warnings
                pages={pages}
                label={m.offerList}
                empty={<EmptyState title={m.noOffers} text={m.noOffersText} />}
              />
              <MoreRows query={query} />
            </>
          ) : (
            <Loading />
          )
        }
      </Loaded>
    </Panel>
  );
}

type WarningsProps = { readonly pages: readonly RuleWarnings[]; readonly label: string; readonly empty: ReactNode };

function Warnings({ pages, label, empty }: WarningsProps) {
  const items = pages.flatMap((page) => page.items);
  if (items.length === 0 && pages[0]?.state === "ready") return empty;
  return (
    <ul className={plainList} aria-label={label}>
      {items.map((warning) => (
        <Warning
          key={`${warning.code} ${warning.rule.kind} ${warning.rule.key} ${warning.other?.key ?? ""} ${warning.text}`}
          warning={warning}
        />
      ))}
    </ul>
  );
}

function Warning({ warning }: { warning: RuleWarning }) {
  const { code, severity, rule, other, group, products, examples, notLive, text } = warning;
  const advice: string | undefined = m.advice[code as keyof typeof m.advice];
  return (
    <li className={stackTight}>
      <div className={row}>
        <Badge size="S" variant={severity === "problem" ? "negative" : "notice"}>
          {m.severities[severity]}
        </Badge>
        <RuleLink rule={rule} />
        <span className={mutedXs}>
          {m.kinds[rule.kind]}
          {rule.priority === undefined ? "" : `, ${m.priority(formatNumber(rule.priority))}`}
        </span>
      </div>
      <span className={bodyText}>{text}.</span>
      {products === undefined ? null : (
        <span className={mutedXs}>{m.products(formatNumber(products), (examples ?? []).join(", "))}</span>
      )}
      {other ? (
        <span className={mutedXs}>
          {m.other} <RuleLink rule={other} />
          {other.priority === undefined ? "" : ` (${m.priority(formatNumber(other.priority))})`}
        </span>
      ) : null}
      {group === undefined ? null : (
        <span className={mutedXs}>
          {m.group} <AppLink to={`/price-rule-groups/${encodeURIComponent(group)}`}>{group}</AppLink>
        </span>
      )}
      {notLive ? <NotLiveLinks notLive={notLive} /> : null}
      {advice === undefined ? null : (
        <span className={muted}>
          {m.todo} {advice}
        </span>
      )}
    </li>
  );
}

function RuleLink({ rule: { kind, key, name } }: { rule: RuleRef }) {
  return <AppLink to={`${pathByKind[kind]}/${encodeURIComponent(key)}`}>{name}</AppLink>;
}
