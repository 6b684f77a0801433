import { Badge } from "@react-spectrum/s2";
import { pathByKind } from "../../definitions/path-by-kind.ts";
import { messages } from "../../messages.data.ts";
import { AppLink } from "../../shell/navigation.tsx";
import { MoreRows } from "../../ui/more-rows.tsx";
import { Panel } from "../../ui/page.tsx";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { body as bodyText, muted, mutedXs, plainList, row, stackTight } from "../../ui/styles.ts";
import type { BlockWarning } from "./shapes.ts";
import { useBlockWarnings } from "./use-warnings.ts";

const m = messages.warnings;

/** Published blocks that nobody sees, and what hides a part of the others. */
export function BlockWarningsPanel({ onlyProblems }: { onlyProblems: boolean }) {
  const query = useBlockWarnings(onlyProblems);
  return (
    <Panel title={m.blocks} description={m.blocksText}>
      <Loaded query={query}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0) return <EmptyState title={m.noBlocks} text={m.noBlocksText} />;
          return (
            <>
              <ul className={plainList} aria-label={m.blockList}>
                {items.map((block) => (
                  <Block key={`${block.kind} ${block.id}`} block={block} />
                ))}
              </ul>
              <MoreRows query={query} />
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}

function Block({ block: { kind, id, name, placement, nobody, warnings } }: { block: BlockWarning }) {
  return (
    <li className={stackTight}>
      <div className={row}>
        <Badge size="S" variant={nobody ? "negative" : "notice"}>
          {nobody ? m.nobody : m.partly}
        </Badge>
        <AppLink to={`${pathByKind[kind]}/${encodeURIComponent(id)}`}>{name}</AppLink>
        <span className={mutedXs}>
          {m.blockKinds[kind]} {m.at(placement)}
        </span>
      </div>
      {warnings.map(({ code, text }) => {
        const advice: string | undefined = m.blockAdvice[code as keyof typeof m.blockAdvice];
        return (
          <div key={code + text} className={stackTight}>
            <span className={bodyText}>{text}.</span>
            {advice === undefined ? null : (
              <span className={muted}>
                {m.todo} {advice}
              </span>
            )}
          </div>
        );
      })}
    </li>
  );
}
