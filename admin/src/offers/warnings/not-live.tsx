/** What a definition names that is not live, said before it is published. */
import { Content, Heading, InlineAlert } from "@react-spectrum/s2";
import type { Definition } from "../../api/shapes.ts";
import type { KindPage } from "../../definitions/kind-page.ts";
import { pathByKind } from "../../definitions/path-by-kind.ts";
import { messages } from "../../messages.data.ts";
import { AppLink } from "../../shell/navigation.tsx";
import { Loaded } from "../../ui/states.tsx";
import { muted, mutedXs, plainList, stackTight } from "../../ui/styles.ts";
import type { NotLive } from "./shapes.ts";
import { useNotLive } from "./use-warnings.ts";

const m = messages.warnings;

/** Links to what is not live, each with its status. */
export function NotLiveLinks({ notLive }: { notLive: readonly NotLive[] }) {
  return (
    <span className={mutedXs}>
      {m.notLive}{" "}
      {notLive.map(({ kind, key, name, status }, at) => {
        const path = status === "absent" ? undefined : pathByKind[kind];
        const said: string | undefined = m.statuses[status as keyof typeof m.statuses];
        return (
          <span key={`${kind} ${key}`}>
            {at === 0 ? "" : ", "}
            {path === undefined ? name : <AppLink to={`${path}/${encodeURIComponent(key)}`}>{name}</AppLink>}
            {said === undefined ? "" : ` (${said})`}
          </span>
        );
      })}
    </span>
  );
}

type Props = {
  readonly kind: string;
  readonly definition: Pick<Definition<unknown>, "key" | "etag">;
  /** Nothing is said where all is well: something else is. */
  readonly isQuiet?: boolean;
};

export function NotLiveNotes({ kind, definition, isQuiet = false }: Props) {
  const query = useNotLive(kind, definition.key, definition.etag);
  return (
    <Loaded query={query}>
      {({ items }) => {
        if (items.length === 0)
          return isQuiet ? null : (
            <p className={muted} role="status">
              {m.allLive}
            </p>
          );
        const isProblem = items.some(({ severity }) => severity === "problem");
        return (
          <InlineAlert variant={isProblem ? "negative" : "notice"}>
            <Heading level={2}>{m.notLiveTitle}</Heading>
            <Content>
              <ul className={plainList} aria-label={m.notLiveTitle}>
                {items.map(({ text, notLive = [] }) => (
                  <li key={text} className={stackTight}>
                    <span>{text}.</span>
                    <NotLiveLinks notLive={notLive} />
                  </li>
                ))}
              </ul>
            </Content>
          </InlineAlert>
        );
      }}
    </Loaded>
  );
}

/** Checks before publishing, of kinds that have no others. */
export function notLiveChecks<B>(kind: string): NonNullable<KindPage<B>["PublishChecks"]> {
  return function NotLiveChecks({ definition }) {
    return <NotLiveNotes kind={kind} definition={definition} />;
  };
}
