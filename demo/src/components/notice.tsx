import { useEffect } from "react";
import { useShop } from "../state/shop.ts";
import { useValue } from "../state/value.ts";
import { Icon } from "./icons.tsx";

const shownMs = 6_000;

/** The last thing that happened, said once at the foot of the window. */
export function NoticeBar() {
  const { notice } = useShop();
  const current = useValue(notice);
  useEffect(() => {
    if (current?.tone !== "info") return;
    const timer = setTimeout(() => notice.set(null), shownMs);
    return () => clearTimeout(timer);
  }, [current, notice]);
  return (
    <div className="notice-place" role="status" aria-live="polite">
      {current && (
        <div className={`notice notice-${current.tone}`}>
          <span>{current.text}</span>
          {current.href && <a href={current.href}>{current.linkText}</a>}
          <button type="button" className="icon-button" aria-label="Dismiss" onClick={() => notice.set(null)}>
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  );
}
