// The native conditions on customers, their addresses and their groups. All of them are false for visitors.
import { all, any, attribute, items, not, ofCustomer, pathKey, registered } from "./nodes.ts";
import {
  amount,
  choice,
  comparison,
  count,
  days,
  isFound,
  openChoice,
  text,
  textComparison,
  texts,
} from "./parameter-shorthands.ts";
import type { AudienceTemplate, TemplateParameter, TemplateValues } from "./template.ts";

const membership: TemplateParameter = choice("op", "Comparison", ["in", "not_in"], "in");
const customerWhy = "What a customer record says is known for sure, and does not change with a visit.";

function compared(path: string, v: TemplateValues, value: unknown): unknown {
  return ofCustomer(attribute(path, v.text("op"), value));
}

function flag(key: string, label: string, path: string): AudienceTemplate {
  return {
    key,
    label,
    group: "customer",
    description: "Customers who have one, or have none.",
    why: "An address that is on file makes a checkout short.",
    parameters: [isFound("Has one")],
    tree: (v) => ofCustomer(attribute(path, v.boolean("found") ? "is_true" : "is_false")),
  };
}

const customer: readonly AudienceTemplate[] = [
  {
    key: "customer-group",
    label: "Customer group",
    group: "customer",
    description: "Customers of some groups, or of no such group.",
    why: "Groups carry prices and taxes: they split trade from private customers.",
    parameters: [membership, texts("groups", "Groups", ["wholesale", "retailer"])],
    tree: (v) => compared("profile.group", v, v.texts("groups")),
  },
  {
    key: "customer-email",
    label: "E-mail",
    group: "customer",
    description: "Customers by their e-mail address, such as those of one company.",
    why: "The domain of an address tells an employer, and test accounts.",
    parameters: [textComparison("ends_with"), text("value", "Text", "@example.com")],
    tree: (v) => compared("profile.email", v, v.text("value")),
  },
  {
    key: "customer-name",
    label: "First or last name",
    group: "customer",
    description: "Customers by name.",
    why: customerWhy,
    parameters: [
      choice("field", "Name", ["first_name", "last_name"], "last_name"),
      textComparison(),
      text("value", "Text"),
    ],
    tree: (v) => compared(`profile.${v.text("field")}`, v, v.text("value")),
  },
  {
    key: "customer-gender",
    label: "Gender",
    group: "customer",
    description: "Customers by the gender they gave.",
    why: customerWhy,
    parameters: [membership, texts("values", "Genders", ["female"])],
    tree: (v) => compared("profile.gender", v, v.texts("values")),
  },
  {
    key: "customer-birth-date",
    label: "Date of birth",
    group: "customer",
    description: "Customers born before or after a day.",
    why: "Age decides about some products, and about some laws.",
    parameters: [comparison("lte"), { key: "date", label: "Date of birth", type: "date", fallback: "2008-01-01" }],
    tree: (v) => compared("profile.birth_date", v, v.text("date")),
  },
  {
    key: "customer-since",
    label: "Customer since",
    group: "customer",
    description: "Customers whose account was made before or after a day.",
    why: "Who has been here for long has seen more of the shop than any rule knows.",
    parameters: [comparison(), { key: "date", label: "Date", type: "date", fallback: "2026-01-01" }],
    tree: (v) => compared("profile.created_at", v, v.text("date")),
  },
  {
    key: "newsletter",
    label: "Newsletter",
    group: "customer",
    description: "Customers by the state of their newsletter subscription.",
    why: "Whether a mail may be sent at all; who does not get it can be asked on the page.",
    parameters: [
      choice("status", "Status", ["subscribed", "unsubscribed", "unconfirmed", "not_active"], "subscribed"),
      choice("op", "Comparison", ["eq", "neq"], "eq"),
    ],
    tree: (v) => compared("profile.newsletter", v, v.text("status")),
  },
  {
    key: "store-credit",
    label: "Store credit",
    group: "customer",
    description: "Customers by the credit they have.",
    why: "Credit that lies there is a reason to come back.",
    parameters: [comparison(), amount("amount", "Credit", 1000)],
    tree: (v) => compared("profile.store_credit", v, v.money("amount")),
  },
  {
    key: "reward-points",
    label: "Reward points",
    group: "customer",
    description: "Customers by the points they have.",
    why: "Enough points for a reward is the message that is opened.",
    parameters: [comparison(), count("points", "Points", "points", 500, 0)],
    tree: (v) => compared("profile.reward_points", v, v.number("points")),
  },
  flag("default-billing", "Default billing address exists", "profile.has_default_billing"),
  flag("default-shipping", "Default shipping address exists", "profile.has_default_shipping"),
  {
    key: "customer-attribute",
    label: "Attribute of the customer",
    group: "customer",
    description: "Customers by any attribute that the shop keeps of them.",
    why: "What only this shop knows: a tier, a size, a profession.",
    parameters: [
      text("code", "Attribute", "loyalty_tier"),
      choice("op", "Comparison", ["in", "not_in"], "in"),
      texts("values", "Values", ["gold", "silver"]),
    ],
    tree: (v) => compared(`profile.${pathKey(v.text("code"))}`, v, v.texts("values")),
  },
  {
    key: "birthday-in-month",
    label: "Birthday within days",
    group: "customer",
    description: "Customers whose birthday comes within some days.",
    why: "Leaves time for a card that has to be printed.",
    parameters: [{ ...days("days", "Within", 30), min: 0, max: 364 }],
    tree: (v) => ofCustomer(attribute("profile.birth_date", "anniversary_within", v.number("days"))),
  },
];

const addressFields = ["country", "region", "city", "postcode", "street", "company", "phone", "vat_id"];

const address: readonly AudienceTemplate[] = [
  {
    key: "customer-address",
    label: "Customer address",
    group: "address",
    description:
      "Customers with an address that fits: any of the book, the default billing or the default shipping one.",
    why: "Where people live decides what they wear, what it costs to send, and which store is near.",
    parameters: [
      choice("which", "Which address", ["any", "default_billing", "default_shipping"], "any"),
      isFound("There is one"),
      openChoice("field", "Field", addressFields, "country"),
      textComparison(),
      text("value", "Text", "US"),
    ],
    tree: (v) => {
      const field = attribute(`item.${pathKey(v.text("field"))}`, v.text("op"), v.text("value"));
      const which = v.text("which");
      return ofCustomer(
        items("addresses", {
          match: v.boolean("found") ? "some" : "none",
          where: which === "any" ? field : all(attribute(`item.${which}`, "is_true"), field),
        }),
      );
    },
  },
];

/** Adobe Commerce reports groups by number: 1 General, 2 Wholesale, 3 Retailer. */
function group(key: string, label: string, codes: readonly string[], description: string): AudienceTemplate {
  return {
    key: `group-${key}`,
    label: `Group: ${label}`,
    group: "groups",
    description,
    why: "The groups that every native shop begins with.",
    parameters: [texts("codes", "Codes of the group", codes)],
    tree: (v) => ofCustomer(attribute("profile.group", "in", v.texts("codes"))),
  };
}

const groups: readonly AudienceTemplate[] = [
  {
    key: "group-not-logged-in",
    label: "Group: NOT LOGGED IN",
    group: "groups",
    description: "Visitors without a customer account.",
    why: "Whatever is for members needs to know who is none.",
    parameters: [],
    tree: () => not(registered),
  },
  {
    key: "group-general",
    label: "Group: General",
    group: "groups",
    description: "Customers of the general group, and those of whom no group is known.",
    why: "The group that a new account gets.",
    parameters: [texts("codes", "Codes of the group", ["general", "1"])],
    tree: (v) =>
      ofCustomer(any(attribute("profile.group", "in", v.texts("codes")), attribute("profile.group", "not_exists"))),
  },
  group("wholesale", "Wholesale", ["wholesale", "2"], "Trade customers who buy to sell."),
  group("retailer", "Retailer", ["retailer", "3"], "Shops that sell to their own customers."),
  {
    key: "all-customers",
    label: "All customers",
    group: "groups",
    description: "Everybody with a customer account.",
    why: "A segment without conditions for registered shoppers.",
    parameters: [],
    tree: () => registered,
  },
];

export const customerTemplates: readonly AudienceTemplate[] = [...customer, ...address, ...groups];
