import { style } from "@react-spectrum/s2/style" with { type: "macro" };
import { ChoiceField } from "../connectors/choice-field.tsx";
import { messages } from "../messages.data.ts";
import { useUrlState } from "../shell/navigation.tsx";
import { type Period, readPeriod } from "../ui/period.ts";
import { PeriodField } from "../ui/period-field.tsx";
import { rowStart } from "../ui/styles.ts";
import { type Attribution, attributions } from "./shapes.ts";

const m = messages.units.report;
const wide = style({ width: 280 });
const keys = ["24h", "7d", "30d", "custom"] as const;

/** Which figures the address asks for. */
export function useReportChoice(): { readonly period: Period; readonly attribution: Attribution } {
  const [url] = useUrlState();
  return {
    period: readPeriod(url, "7d"),
    attribution: attributions.find((each) => each === url["attribution"]) ?? "session",
  };
}

export function ReportFilters() {
  const [, change] = useUrlState();
  const { period, attribution } = useReportChoice();
  return (
    <div className={rowStart}>
      <PeriodField period={period} keys={keys} onChange={change} />
      <ChoiceField
        label={m.attribution}
        value={attribution}
        styles={wide}
        choices={attributions.map((key) => ({ key, ...m.attributions[key] }))}
        onChange={(key) => change({ attribution: key === "session" ? null : key })}
      />
    </div>
  );
}
