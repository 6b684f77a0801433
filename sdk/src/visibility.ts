const shareInView = 0.5;
const dwellMs = 1_000;

export type ViewObserver = {
  /** Calls back once, after half of the element was in view of a visible page for one second without a break. */
  observe(element: Element, onView: () => void): void;
  unobserve(element: Element): void;
};

type Watched = { readonly onView: () => void; isInView: boolean; timer: ReturnType<typeof setTimeout> | undefined };

function isHalfInView({ intersectionRatio, intersectionRect, rootBounds }: IntersectionObserverEntry): boolean {
  // Of an element taller than two screens never half is in view; one that fills half the screen counts as seen.
  const fillsScreen = rootBounds !== null && intersectionRect.height >= rootBounds.height * shareInView;
  return intersectionRatio >= shareInView || fillsScreen;
}

/** Watches elements for being seen: one observer for all of them. */
export function createViewObserver(): ViewObserver {
  const watched = new Map<Element, Watched>();

  const unobserve = (element: Element): void => {
    clearTimeout(watched.get(element)?.timer);
    observer.unobserve(element);
    watched.delete(element);
    if (watched.size === 0) document.removeEventListener("visibilitychange", updateAll);
  };

  const finish = (element: Element, { onView }: Watched): void => {
    unobserve(element);
    onView();
  };

  const update = (element: Element, entry: Watched): void => {
    const isSeen = entry.isInView && document.visibilityState === "visible";
    if (isSeen && entry.timer === undefined) entry.timer = setTimeout(() => finish(element, entry), dwellMs);
    if (!isSeen) {
      clearTimeout(entry.timer);
      entry.timer = undefined;
    }
  };

  const updateAll = (): void => {
    for (const [element, entry] of watched) update(element, entry);
  };

  const observer = new IntersectionObserver(
    (changes) => {
      for (const change of changes) {
        const entry = watched.get(change.target);
        if (!entry) continue;
        entry.isInView = change.isIntersecting && isHalfInView(change);
        update(change.target, entry);
      }
    },
    { threshold: [0, 0.1, 0.2, 0.3, 0.4, shareInView, 0.75, 1] },
  );

  return {
    observe(element, onView) {
      if (watched.size === 0) document.addEventListener("visibilitychange", updateAll);
      watched.set(element, { onView, isInView: false, timer: undefined });
      observer.observe(element);
    },
    unobserve,
  };
}
