import { Tab, TabList, TabPanel, Tabs } from "@react-spectrum/s2";
import { messages } from "../../messages.data.ts";
import { useUrlState } from "../../shell/navigation.tsx";
import { Page } from "../../ui/page.tsx";
import { tabContent } from "../../ui/styles.ts";
import { LiveCartsTab } from "./live/live-carts-tab.tsx";
import { PastOrdersTab } from "./past-orders-tab.tsx";

const m = messages.simulations;

/** Drafts of cart price rules, tried on orders of the past or on the carts of today. */
export function SimulationsPage() {
  const [url, change] = useUrlState();
  return (
    <Page title={m.title} description={m.description}>
      <Tabs
        aria-label={m.title}
        selectedKey={url["tab"] === "live" ? "live" : "past"}
        onSelectionChange={(key) => change({ tab: key === "live" ? "live" : null })}
      >
        <TabList>
          <Tab id="past">{m.pastTab}</Tab>
          <Tab id="live">{messages.liveCarts.tab}</Tab>
        </TabList>
        <TabPanel id="past">
          <div className={tabContent}>
            <PastOrdersTab />
          </div>
        </TabPanel>
        <TabPanel id="live">
          <div className={tabContent}>
            <LiveCartsTab />
          </div>
        </TabPanel>
      </Tabs>
    </Page>
  );
}
