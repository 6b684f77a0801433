import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { type ReactNode, useEffect } from "react";
import { messages } from "../messages.data.ts";
import { AppLink } from "../shell/navigation.tsx";
import { muted, pageTitle, panel, panelTitle, row, rowBetween, stackTight, stackWide } from "./styles.ts";

type PageProps = {
  title: string;
  description?: ReactNode;
  badge?: ReactNode;
  actions?: ReactNode;
  /** The list this page belongs to. */
  parent?: { label: string; to: string };
  children: ReactNode;
};

const heading = style({ display: "flex", flexDirection: "column", gap: 4, minWidth: 0, flexGrow: 1, flexBasis: 0 });

export function Page(props: PageProps) {
  useEffect(() => {
    document.title = `${props.title} · ${messages.product}`;
  }, [props.title]);
  return (
    <div className={stackWide}>
      <header className={stackTight}>
        {props.parent ? (
          <nav aria-label={messages.common.breadcrumb}>
            <AppLink to={props.parent.to}>{messages.common.backTo(props.parent.label)}</AppLink>
          </nav>
        ) : null}
        <div className={rowBetween}>
          <div className={heading}>
            <div className={row}>
              <h1 className={pageTitle}>{props.title}</h1>
              {props.badge}
            </div>
            {props.description ? <div className={muted}>{props.description}</div> : null}
          </div>
          {props.actions ? <div className={row}>{props.actions}</div> : null}
        </div>
      </header>
      {props.children}
    </div>
  );
}

type PanelProps = { title: string; aside?: ReactNode; description?: ReactNode; children: ReactNode };

export function Panel({ title, aside, description, children }: PanelProps) {
  return (
    <section className={panel} aria-label={title}>
      <div className={rowBetween}>
        <h2 className={panelTitle}>{title}</h2>
        {aside}
      </div>
      {description ? <p className={muted}>{description}</p> : null}
      {children}
    </section>
  );
}
