import ChartTrend from "@react-spectrum/s2/icons/ChartTrend";
import CheckmarkCircle from "@react-spectrum/s2/icons/CheckmarkCircle";
import DataSettings from "@react-spectrum/s2/icons/DataSettings";
import FileText from "@react-spectrum/s2/icons/FileText";
import History from "@react-spectrum/s2/icons/History";
import Home from "@react-spectrum/s2/icons/Home";
import Key from "@react-spectrum/s2/icons/Key";
import Layout from "@react-spectrum/s2/icons/Layout";
import PeopleGroup from "@react-spectrum/s2/icons/PeopleGroup";
import Preview from "@react-spectrum/s2/icons/Preview";
import ReportAbuse from "@react-spectrum/s2/icons/ReportAbuse";
import Similar from "@react-spectrum/s2/icons/Similar";
import Tag from "@react-spectrum/s2/icons/Tag";
import User from "@react-spectrum/s2/icons/User";
import UserSettings from "@react-spectrum/s2/icons/UserSettings";
import { messages } from "../messages.data.ts";

type Icon = typeof Home;
export type NavItem = { readonly to: string; readonly label: string; readonly Icon: Icon };
export type NavGroup = { readonly label: string; readonly items: readonly NavItem[] };

const m = messages.nav;

/** The navigation, top to bottom; a capability adds its line here. */
export const navGroups: readonly NavGroup[] = [
  { label: m.overview, items: [{ to: "/", label: m.home, Icon: Home }] },
  {
    label: m.customers,
    items: [
      { to: "/profiles", label: m.profiles, Icon: User },
      { to: "/audiences", label: m.audiences, Icon: PeopleGroup },
    ],
  },
  {
    label: m.experience,
    items: [
      { to: "/blocks", label: m.blocks, Icon: Layout },
      { to: "/units", label: m.units, Icon: Similar },
      { to: "/preview", label: m.preview, Icon: Preview },
    ],
  },
  {
    label: m.data,
    items: [
      { to: "/events", label: m.events, Icon: ChartTrend },
      { to: "/event-quality", label: m.quality, Icon: CheckmarkCircle },
      { to: "/tracking-plans", label: m.plans, Icon: FileText },
      { to: "/dead-letters", label: m.deadLetters, Icon: ReportAbuse },
      { to: "/catalog", label: m.catalog, Icon: Tag },
    ],
  },
  {
    label: m.settings,
    items: [
      { to: "/keys", label: m.keys, Icon: Key },
      { to: "/users", label: m.users, Icon: UserSettings },
      { to: "/activity", label: m.activity, Icon: History },
      { to: "/system", label: m.system, Icon: DataSettings },
    ],
  },
];
