import { SegmentedControl, SegmentedControlItem } from "@react-spectrum/s2";
import { messages } from "../../messages.data.ts";
import { useUrlState } from "../../shell/navigation.tsx";
import { Page } from "../../ui/page.tsx";
import { halves } from "../../ui/styles.ts";
import { BlockWarningsPanel } from "./block-warnings.tsx";
import { OfferWarningsPanel, RuleWarningsPanel } from "./rule-warnings.tsx";

const m = messages.warnings;

/** What of the published price rules, offers and blocks does nothing, each with what to do. */
export function WarningsPage() {
  const [url, change] = useUrlState();
  const onlyProblems = url["show"] !== "all";
  return (
    <Page
      title={m.title}
      description={m.description}
      actions={
        <SegmentedControl
          aria-label={m.show}
          selectedKey={onlyProblems ? "problem" : "all"}
          onSelectionChange={(key) => change({ show: key === "all" ? "all" : null })}
        >
          <SegmentedControlItem id="problem">{m.shows.problem}</SegmentedControlItem>
          <SegmentedControlItem id="all">{m.shows.all}</SegmentedControlItem>
        </SegmentedControl>
      }
    >
      <div className={halves}>
        <RuleWarningsPanel onlyProblems={onlyProblems} />
        <OfferWarningsPanel onlyProblems={onlyProblems} />
        <BlockWarningsPanel onlyProblems={onlyProblems} />
      </div>
    </Page>
  );
}
