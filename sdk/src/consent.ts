import type { SafeStore } from "./storage.ts";
import type { ConsentCategory, ConsentChoices } from "./types.ts";

export type ConsentOptions = {
  /** What holds for a category without a choice: `granted` (default) or `pending` (nothing is sent or stored). */
  readonly default?: "granted" | "pending";
  /** Global Privacy Control and Do Not Track deny advertising unless it was granted explicitly. Default true. */
  readonly respectGpc?: boolean;
};

export type Consent = {
  allows(category: ConsentCategory): boolean;
  /** True once the shopper has chosen anything, here or in another tab. */
  hasChosen(): boolean;
  /** What goes into `context.consent`: explicit choices, and advertising denied by a privacy signal. */
  preferences(): ConsentChoices | undefined;
  /** Adds choices to the earlier ones and stores them. */
  choose(choices: ConsentChoices): void;
};

export const consentKey = "clientele.consent";

function hasPrivacySignal(): boolean {
  const signals: Navigator & { readonly globalPrivacyControl?: boolean } = navigator;
  return signals.globalPrivacyControl === true || signals.doNotTrack === "1";
}

/** Keeps the shopper's choices. The choice itself is stored without consent: it is what makes the refusal last. */
export function createConsent(store: SafeStore, options: ConsentOptions = {}): Consent {
  const isDeniedBySignal = options.respectGpc !== false && hasPrivacySignal();
  // Memory first, so that a choice holds on this page even where nothing can be stored.
  let remembered: ConsentChoices = {};
  const chosen = (): ConsentChoices => store.read<ConsentChoices>(consentKey) ?? remembered;
  const effective = (): ConsentChoices => (isDeniedBySignal ? { advertising: false, ...chosen() } : chosen());
  return {
    allows: (category) => effective()[category] ?? options.default !== "pending",
    hasChosen: () => Object.keys(chosen()).length > 0,
    preferences: () => {
      const known = effective();
      return Object.keys(known).length > 0 ? known : undefined;
    },
    choose: (choices) => {
      remembered = { ...chosen(), ...choices };
      store.write(consentKey, remembered);
    },
  };
}
