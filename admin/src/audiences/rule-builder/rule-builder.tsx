import { useMemo, useRef, useState } from "react";
import type { Fault } from "../../api/client.ts";
import type { Json, JsonObject } from "../../api/shapes.ts";
import { useCategories } from "../../catalog/use-categories.ts";
import { messages } from "../../messages.data.ts";
import { body, stackTight, strong, visuallyHidden } from "../../ui/styles.ts";
import { useAttributes } from "../use-attributes.ts";
import { BuilderContext, withItems } from "./builder-context.ts";
import { BuilderToolbar, type BuilderView } from "./builder-toolbar.tsx";
import { useClip } from "./clipboard.ts";
import { GroupEditor } from "./group-editor.tsx";
import { JsonEditor } from "./json-editor.tsx";
import { faultsByNode } from "./rule-pointers.ts";
import { type Dragged, TreeContext } from "./tree-context.ts";
import { useCurrency } from "./use-currency.ts";
import { useRuleHistory } from "./use-rule-history.ts";
import { useSentence } from "./use-sentence.ts";
import { useTreeActions } from "./use-tree-actions.ts";

type Props = {
  rule: Json | undefined;
  onChange: (rule: JsonObject) => void;
  isReadOnly: boolean;
  /** The audience being edited, which must not refer to itself. */
  ownKey?: string | undefined;
  /** What the rule may speak of; default the person, the cart and the request. */
  subjects?: readonly string[];
  /** What `item` is where the rule judges a single element, e.g. "event" for a product line. */
  elements?: string | undefined;
  /** Offers no product attributes that the shop has not released for price rules. */
  isForPrices?: boolean;
  /** Paths are JSON pointers into the rule. */
  faults?: readonly Fault[];
};

const visitor = ["profile", "cart", "context"];
const noFaults: readonly Fault[] = [];

/** Edits one rule as nested groups of conditions, or as it is written. */
export function RuleBuilder(props: Props) {
  const { rule, onChange, isReadOnly, ownKey, subjects = visitor, elements, faults = noFaults } = props;
  const [view, setView] = useState<BuilderView>("form");
  const [isWrong, setWrong] = useState(false);
  const [dragged, setDragged] = useState<Dragged | null>(null);
  const frame = useRef<HTMLDivElement>(null);
  const clip = useClip();
  const context = useBuilderOf(isReadOnly, ownKey, elements, props.isForPrices === true);
  const history = useRuleHistory(rule, onChange);
  const { actions, said } = useTreeActions(history.tree, history.change, clip, frame);
  const nodeFaults = useMemo(() => faultsByNode(history.tree, faults), [history.tree, faults]);
  const treeContext = useMemo(
    () => ({ actions, faults: nodeFaults, clip, dragged, setDragged }),
    [actions, nodeFaults, clip, dragged],
  );
  return (
    <BuilderContext value={context}>
      <TreeContext value={treeContext}>
        <div ref={frame} className={stackTight}>
          <BuilderToolbar
            view={view}
            isLocked={isWrong}
            isReadOnly={isReadOnly}
            onView={setView}
            undo={history.undo}
            redo={history.redo}
          />
          {view === "json" ? (
            <JsonEditor rule={rule} isReadOnly={isReadOnly} onChange={onChange} onWrong={setWrong} />
          ) : (
            <GroupEditor group={history.tree} subjects={subjects} depth={0} onChange={history.change} />
          )}
          {history.tree.children.length === 0 && !subjects.includes("profile") ? null : (
            <InWords tree={history.tree} isAboutPeople={subjects.includes("profile")} />
          )}
          <span role="status" className={visuallyHidden}>
            {said}
          </span>
        </div>
      </TreeContext>
    </BuilderContext>
  );
}

/** What the controls need to know: attributes, categories, the shop's currency. */
function useBuilderOf(
  isReadOnly: boolean,
  ownKey: string | undefined,
  elements: string | undefined,
  isForPrices: boolean,
) {
  const attributes = useAttributes().data;
  const categories = useCategories().data;
  const currency = useCurrency();
  return useMemo(() => {
    const context = {
      attributes: (attributes ?? []).filter((spec) => !isForPrices || spec.isForPriceRules !== false),
      isReadOnly,
      ownKey,
      categories: (categories ?? []).map(({ path }) => path),
      ...(currency === undefined ? {} : { currency }),
    };
    return elements === undefined ? context : withItems(context, elements);
  }, [attributes, categories, currency, isReadOnly, ownKey, elements, isForPrices]);
}

type InWordsProps = { tree: Parameters<typeof useSentence>[0]; isAboutPeople: boolean };

function InWords({ tree, isAboutPeople }: InWordsProps) {
  const sentence = useSentence(tree, isAboutPeople);
  return (
    <p className={body}>
      <span className={strong}>{messages.builder.inWords}: </span>
      {sentence}
    </p>
  );
}
