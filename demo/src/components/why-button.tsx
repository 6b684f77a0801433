import { openWhy, type WhySubject } from "../personalisation/why.ts";

type WhyButtonProps = { readonly subject: () => WhySubject; readonly label: string; readonly className?: string };

/** @param label what the question is about, for screen readers */
export function WhyButton({ subject, label, className = "" }: WhyButtonProps) {
  return (
    <button
      type="button"
      className={`why-button ${className}`}
      aria-haspopup="dialog"
      aria-label={`Why? ${label}`}
      onClick={() => openWhy(subject())}
    >
      Why?
    </button>
  );
}
