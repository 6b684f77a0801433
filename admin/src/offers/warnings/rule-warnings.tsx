import { Badge } from "@react-spectrum/s2";
import { pathByKind } from "../../definitions/path-by-kind.ts";
import { formatAgo, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { AppLink } from "../../shell/navigation.tsx";
import { MoreRows } from "../../ui/more-rows.tsx";
import { Panel } from "../../ui/page.tsx";
import { EmptyState, Loaded, Loading } from "../../ui/states.tsx";
import { body as bodyText, muted, mutedXs, plainList, row, stackTight } from "../../ui/styles.ts";
import type { RuleRef, RuleWarning } from "./shapes.ts";
import { useRuleWarnings } from "./use-warnings.ts";

const m = messages.warnings;

/** What is wrong with the published price rules, problems first. */
export function RuleWarningsPanel({ onlyProblems }: { onlyProblems: boolean }) {
  const query = useRuleWarnings(onlyProblems);
  return (
    <Panel title={m.rules}>
      <Loaded query={query}>
        {({ pages }) => {
          const [first] = pages;
          const items = pages.flatMap((page) => page.items);
          if (!first?.computedAt) return <Loading />;
          return (
            <>
              <p className={muted} role="status">
                {first.state === "computing"
                  ? m.computing
                  : `${m.rulesText(formatNumber(first.rules), formatNumber(first.products))} ${m.rulesFrom(formatAgo(first.computedAt))}`}
              </p>
              {first.isCut ? <p className={muted}>{m.cut}</p> : null}
              {items.length === 0 && first.state === "ready" ? (
                <EmptyState title={onlyProblems ? m.noRules : m.noRuleWarnings} text={m.noRulesText} />
              ) : (
                <ul className={plainList} aria-label={m.ruleList}>
                  {items.map((warning) => (
                    <Warning
                      key={`${warning.code} ${warning.rule.key} ${warning.other?.key ?? ""}`}
                      warning={warning}
                    />
                  ))}
                </ul>
              )}
              <MoreRows query={query} />
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}

function Warning({ warning }: { warning: RuleWarning }) {
  const { code, severity, rule, other, group, products, examples, text } = warning;
  const advice: string | undefined = m.advice[code as keyof typeof m.advice];
  return (
    <li className={stackTight}>
      <div className={row}>
        <Badge size="S" variant={severity === "problem" ? "negative" : "notice"}>
          {m.severities[severity]}
        </Badge>
        <RuleLink rule={rule} />
        <span className={mutedXs}>
          {m.kinds[rule.kind]}, {m.priority(formatNumber(rule.priority))}
        </span>
      </div>
      <span className={bodyText}>{text}.</span>
      {products === undefined ? null : (
        <span className={mutedXs}>{m.products(formatNumber(products), (examples ?? []).join(", "))}</span>
      )}
      {other ? (
        <span className={mutedXs}>
          {m.other} <RuleLink rule={other} /> ({m.priority(formatNumber(other.priority))})
        </span>
      ) : null}
      {group === undefined ? null : (
        <span className={mutedXs}>
          {m.group} <AppLink to={`/price-rule-groups/${encodeURIComponent(group)}`}>{group}</AppLink>
        </span>
      )}
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
