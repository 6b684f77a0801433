import { Badge, Disclosure, DisclosurePanel, DisclosureTitle } from "@react-spectrum/s2";
import { ExplanationTree } from "../../audiences/explanation-tree.tsx";
import { formatMoney, formatNumber } from "../../format.ts";
import { messages } from "../../messages.data.ts";
import { Facts } from "../../ui/facts.tsx";
import { body as bodyText, muted, mutedXs, plainList, row, stack, stackTight, strong } from "../../ui/styles.ts";
import type { SampleCart } from "./sample-cart.ts";
import type { LookedAtRule, TriedCart } from "./shapes.ts";

const m = messages.priceRules.trial;

/** A word that the page knows, or the server's own. */
function wordOf(words: Readonly<Record<string, string>>, key: string): string {
  return words[key] ?? key;
}

type Props = { answer: TriedCart; cart: SampleCart; ownKey: string };

/** What the cart comes to, which rule took what, and why the others did nothing. */
export function TrialAnswer({ answer, cart, ownKey }: Props) {
  const names = new Map([...answer.explain, ...answer.skipped].map(({ rule, name }) => [rule, name]));
  const nameOf = (key: string) => (key === ownKey ? m.thisRule : (names.get(key) ?? key));
  return (
    <div className={stack}>
      <Own answer={answer} ownKey={ownKey} />
      <Totals answer={answer} />
      <Lines answer={answer} cart={cart} nameOf={nameOf} />
      <Codes answer={answer} />
      {answer.gifts.map(({ rule, sku, qty }) => (
        <p key={rule + sku} className={bodyText}>
          {m.gift(nameOf(rule), formatNumber(qty), sku)}
        </p>
      ))}
      {answer.rewardPoints > 0 ? <p className={bodyText}>{m.points(formatNumber(answer.rewardPoints))}</p> : null}
      {answer.labels.length > 0 ? (
        <p className={bodyText}>{m.labels(answer.labels.map(({ text }) => text).join(", "))}</p>
      ) : null}
      <Rules answer={answer} cart={cart} nameOf={nameOf} ownKey={ownKey} />
    </div>
  );
}

/** The one thing that somebody wants to know first. */
function Own({ answer, ownKey }: Pick<Props, "answer" | "ownKey">) {
  const looked = answer.explain.find(({ rule }) => rule === ownKey);
  const skipped = answer.skipped.find(({ rule }) => rule === ownKey);
  const lacks = answer.nearMisses.find(({ rule }) => rule === ownKey)?.missing.lacks;
  const taken = Object.values(answer.lines).reduce((sum, { byRule }) => sum + (byRule[ownKey]?.minor ?? 0), 0);
  const isApplied = looked?.outcome === "applied";
  const text = isApplied
    ? m.takes(formatMoney({ minor: taken, currency: answer.currency }))
    : looked
      ? wordOf(m.outcomes, looked.outcome)
      : wordOf(m.skipped, skipped?.reason ?? "not_chosen");
  return (
    <div className={stackTight} role="status">
      <div className={row}>
        <Badge variant={isApplied ? "positive" : "neutral"}>{isApplied ? m.applies : m.doesNothing}</Badge>
        <span className={bodyText}>{text}</span>
      </div>
      {lacks === undefined ? null : (
        <p className={muted}>{m.lacks(typeof lacks === "object" ? formatMoney(lacks) : String(lacks))}</p>
      )}
    </div>
  );
}

function Totals({ answer: { totals, shipping } }: { answer: TriedCart }) {
  const off = (minor: number, currency: string) => formatMoney({ minor: minor === 0 ? 0 : -minor, currency });
  return (
    <Facts
      facts={[
        { label: m.subtotal, value: formatMoney(totals.subtotal) },
        { label: m.discount, value: off(totals.itemDiscount.minor, totals.itemDiscount.currency) },
        {
          label: m.shipping,
          value: shipping.free === "none" ? formatMoney(totals.shipping) : m.freeShipping(formatMoney(totals.shipping)),
        },
        ...(totals.shippingDiscount.minor === 0
          ? []
          : [
              {
                label: m.shippingDiscount,
                value: off(totals.shippingDiscount.minor, totals.shippingDiscount.currency),
              },
            ]),
        { label: m.total, value: <strong>{formatMoney(totals.total)}</strong> },
      ]}
    />
  );
}

type Named = { readonly nameOf: (key: string) => string };

function Lines({ answer, cart, nameOf }: Pick<Props, "answer" | "cart"> & Named) {
  return (
    <ul className={plainList} aria-label={m.lines}>
      {cart.lines.map((line, at) => {
        const found = answer.lines[String(at + 1)];
        const parts = Object.entries(found?.byRule ?? {});
        return (
          <li key={line.sku} className={stackTight}>
            <span className={bodyText}>
              {line.name} × {formatNumber(line.qty)}
              {found && found.discount.minor > 0 ? `: −${formatMoney(found.discount)}` : `: ${m.noDiscount}`}
            </span>
            {parts.map(([key, money]) => (
              <span key={key} className={mutedXs}>
                {m.byRule(nameOf(key), formatMoney(money))}
              </span>
            ))}
          </li>
        );
      })}
    </ul>
  );
}

function Codes({ answer }: { answer: TriedCart }) {
  const codes = Object.entries(answer.coupons);
  if (codes.length === 0) return null;
  return (
    <ul className={plainList} aria-label={m.codes}>
      {codes.map(([code, { status, reason }]) => (
        <li key={code} className={bodyText}>
          {code}: {status === "applied" ? m.codeApplied : wordOf(m.rejections, reason ?? status)}
        </li>
      ))}
    </ul>
  );
}

type RulesProps = Props & Named;

/** Every rule in the order in which they run, with why; then those that were not even looked at. */
function Rules({ answer, cart, nameOf, ownKey }: RulesProps) {
  return (
    <section className={stackTight} aria-label={m.rules}>
      <h3 className={strong}>{m.rules}</h3>
      {answer.explain.map((each) => (
        <Disclosure key={each.rule} size="S" isQuiet {...(each.rule === ownKey ? { defaultExpanded: true } : {})}>
          <DisclosureTitle level={4}>
            {m.ruleLine(nameOf(each.rule), formatNumber(each.priority), wordOf(m.outcomes, each.outcome))}
          </DisclosureTitle>
          <DisclosurePanel>
            <Why looked={each} cart={cart} />
          </DisclosurePanel>
        </Disclosure>
      ))}
      {answer.skipped.length === 0 ? null : (
        <Disclosure size="S" isQuiet>
          <DisclosureTitle level={4}>{m.notLookedAt(formatNumber(answer.skipped.length))}</DisclosureTitle>
          <DisclosurePanel>
            <ul className={plainList}>
              {answer.skipped.map(({ rule, priority, reason }) => (
                <li key={rule} className={bodyText}>
                  {m.ruleLine(nameOf(rule), formatNumber(priority), wordOf(m.skipped, reason))}
                </li>
              ))}
            </ul>
          </DisclosurePanel>
        </Disclosure>
      )}
    </section>
  );
}

function Why({ looked, cart }: { looked: LookedAtRule; cart: SampleCart }) {
  return (
    <div className={stackTight}>
      {looked.conditions ? (
        <>
          <p className={muted}>{m.conditionsOf}</p>
          <ExplanationTree answer={looked.conditions} />
        </>
      ) : (
        <p className={muted}>{m.noConditions}</p>
      )}
      <ul className={plainList}>
        {looked.lines.map(({ line, verdict, why }) => (
          <li key={line} className={stackTight}>
            <span className={bodyText}>
              {cart.lines[Number(line) - 1]?.name ?? line}: {wordOf(m.verdicts, verdict)}
            </span>
            {why ? <ExplanationTree answer={why} /> : null}
          </li>
        ))}
      </ul>
    </div>
  );
}
