import { useState } from "react";
import type { SideProps } from "../../definitions/kind-page.ts";
import { messages } from "../../messages.data.ts";
import type { ChosenProfile } from "../../profiles/profile-field.tsx";
import { Panel } from "../../ui/page.tsx";
import { Loading } from "../../ui/states.tsx";
import { muted } from "../../ui/styles.ts";
import { useDebounced } from "../../ui/use-debounced.ts";
import { CartEditor } from "./cart-editor.tsx";
import { NoSubmit } from "./no-submit.tsx";
import { ReachPanel } from "./reach-panel.tsx";
import { type DraftRule, newRuleKey, recallCart, rememberCart, type SampleCart, trialRequest } from "./sample-cart.ts";
import type { CartRuleBody } from "./shapes.ts";
import { TrialAnswer } from "./trial-answer.tsx";
import { TrialProblem } from "./trial-problem.tsx";
import { useTriedCart } from "./use-trials.ts";

const m = messages.priceRules.trial;
const delayMs = 400;

/** The rule of the form on a cart that somebody makes up, and what it meets among the published rules. */
export function CartRuleSide({ body, scope, definition }: SideProps<CartRuleBody>) {
  const [cart, setCart] = useState<SampleCart>(recallCart);
  const [profile, setProfile] = useState<ChosenProfile | null>(null);
  const draft: DraftRule = {
    key: definition?.key ?? newRuleKey,
    name: definition?.name ?? m.thisRule,
    body,
    storeViews: scope.storeViews,
  };
  const change = (next: SampleCart) => {
    setCart(next);
    rememberCart(next);
  };
  const request = trialRequest(cart, draft, profile?.id ?? null);
  const asked = useDebounced(request === null ? null : JSON.stringify(request), delayMs);
  const query = useTriedCart(asked);
  const { coupon } = body;
  const ownCode = coupon?.type === "specific" ? m.ownCode(coupon.code) : coupon?.type === "pool" ? m.poolCode : null;
  return (
    <>
      <Panel title={m.title} description={m.text}>
        <NoSubmit>
          <CartEditor cart={cart} onChange={change} profile={profile} onProfile={setProfile} ownCode={ownCode} />
        </NoSubmit>
      </Panel>
      <Panel title={m.result}>
        {asked === null ? (
          <p className={muted}>{m.needsProduct}</p>
        ) : query.error ? (
          <TrialProblem error={query.error} />
        ) : query.data === undefined ? (
          <Loading />
        ) : (
          <TrialAnswer answer={query.data} cart={cart} ownKey={draft.key} />
        )}
      </Panel>
      <ReachPanel draft={draft} />
    </>
  );
}
