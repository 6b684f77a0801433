import { messages } from "../../messages.data.ts";
import { Page } from "../../ui/page.tsx";
import { UsesReport } from "./uses-report.tsx";

const m = messages.coupons;

/** What coupons came to. */
export function CouponReportPage() {
  return (
    <Page title={m.report.title} description={m.report.description} parent={{ label: m.title, to: "/coupons" }}>
      <UsesReport />
    </Page>
  );
}
