import { useState } from "react";
import { useShop } from "../state/shop.ts";
import { createValue, useValue } from "../state/value.ts";

/** Opens the choice again, from the foot of the page. */
export const consentOpen = createValue(false);

/** Asks once whether the shop may remember what the shopper does. */
export function ConsentBanner() {
  const { client, era } = useShop();
  const isAsked = useValue(consentOpen);
  const [hasChosen, setHasChosen] = useState(() => {
    const { analytics, personalisation } = client.consent();
    return analytics !== undefined || personalisation !== undefined;
  });
  if (hasChosen && !isAsked) return null;
  const choose = (isGranted: boolean): void => {
    client.setConsent({
      analytics: isGranted,
      personalisation: isGranted,
      marketing: isGranted,
      advertising: isGranted,
    });
    setHasChosen(true);
    consentOpen.set(false);
    era.set(era.get() + 1);
  };
  return (
    <section className="consent" aria-label="Privacy choice">
      <p>
        <strong>Your shop, your choice.</strong> May we remember what you look at, to show what suits you? Nothing
        leaves this shop&apos;s own servers.
      </p>
      <div className="consent-buttons">
        <button type="button" className="button button-quiet" onClick={() => choose(false)}>
          No, thanks
        </button>
        <button type="button" className="button" onClick={() => choose(true)}>
          Yes, remember
        </button>
      </div>
    </section>
  );
}
