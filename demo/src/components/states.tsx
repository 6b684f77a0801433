import type { ReactNode } from "react";
import { messageOf } from "../shop-api.ts";

/** A page or a part of one that could not be loaded. */
export function FaultNote({ fault, onRetry }: { readonly fault: unknown; readonly onRetry?: () => void }) {
  return (
    <div className="state state-fault" role="alert">
      <p>{messageOf(fault)}</p>
      {onRetry && (
        <button type="button" className="button button-quiet" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** @param isPage when the note is all that the page has */
export function EmptyNote({
  title,
  isPage = false,
  children,
}: {
  readonly title: string;
  readonly isPage?: boolean;
  readonly children?: ReactNode;
}) {
  return (
    <div className="state">
      {isPage ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children}
    </div>
  );
}

/** Says that something is loading, without a flash for what is quick. */
export function LoadingNote({ text = "Loading" }: { readonly text?: string }) {
  return (
    <div className="state state-loading" role="status">
      <span className="spinner" aria-hidden="true" />
      <span>{text}…</span>
    </div>
  );
}

/** Grey tiles in the place of products that are on their way. */
export function TileSkeletons({ count }: { readonly count: number }) {
  return (
    <div className="grid" role="status" aria-label="Loading products">
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the tiles are all alike and never move
        <div className="tile-skeleton" key={index} aria-hidden="true">
          <span className="skeleton skeleton-picture" />
          <span className="skeleton skeleton-line" />
          <span className="skeleton skeleton-line skeleton-short" />
        </div>
      ))}
    </div>
  );
}
