// The way back: a canonical event as an XDM event, for destinations that speak XDM. Reading the result gives the same type,
// identifiers and properties again.
import { type CanonicalEvent, type Identifier, xdmNameOf } from "../../../collect/index.ts";
import { isObject, type JsonObject, type JsonValue } from "../../../kernel/index.ts";
import { compact, listOf, objectOf } from "../values.ts";
import { isPersonEvent } from "./read-person.ts";
import { writeCommerce } from "./write-commerce.ts";
import { writeItems } from "./write-items.ts";

const wireNames = new Map(
  Object.entries({
    user_id: "CustomerId",
    email: "email",
    email_sha256: "Email_LC_SHA256",
    ecid: "ECID",
    fpid: "FPID",
    duid: "SPDUID",
    anonymous_id: "anonymousId",
    phone: "phone",
    loyalty_id: "loyaltyId",
    "device:android": "GAID",
    "device:ios": "IDFA",
    "customer_id:crm": "crmId",
    "customer_id:erp": "erpId",
    "customer_id:pos": "posId",
  }),
);

/** Strongest first, as the event has them: the first is primary. */
function writeIdentityMap(identifiers: readonly Identifier[], isVerified: boolean): JsonObject {
  const map = new Map<string, JsonValue[]>();
  for (const [at, { namespace, value }] of identifiers.entries()) {
    const name = wireNames.get(namespace) ?? namespace;
    const entry = { id: value, authenticatedState: isVerified ? "authenticated" : "ambiguous", primary: at === 0 };
    map.set(name, [...(map.get(name) ?? []), entry]);
  }
  return Object.fromEntries(map);
}

function writeWeb(type: string, context: JsonObject): JsonObject {
  const page = objectOf(context["page"]);
  const isView = type === "pageView" || type === "categoryView";
  return compact({
    webPageDetails: compact({
      URL: page["url"],
      name: page["title"],
      siteSection: page["type"],
      viewName: page["view"],
      pageViews: isView ? { value: 1 } : undefined,
    }),
    webReferrer: compact({ URL: page["referrer"] }),
  });
}

function writeSearch(type: string, properties: JsonObject): JsonObject {
  const request = compact({ id: properties["searchId"], value: 1 });
  const isResponse = type === "searchResponseReceived";
  const siteSearch = compact({
    query: properties["searchQuery"],
    numberOfResults: properties["results"],
    sort: listOf(properties["sort"], 10).map((entry) => {
      const { attribute, direction } = objectOf(entry);
      return compact({ attribute, order: direction });
    }),
    refinements: listOf(properties["filters"], 100).map((entry) => {
      const { attribute, values, operator } = objectOf(entry);
      return compact({ attribute, value: values, isRange: operator === "range", operator });
    }),
    suggestions: properties["suggestions"],
    unitID: properties["searchId"] === undefined ? undefined : properties["unitId"],
    category: compact({
      url: properties["categoryUrl"],
      name: properties["clickedCategory"],
      rank: clickRank(properties),
    }),
    suggestion: compact({ suggestion: properties["suggestion"], rank: clickRank(properties) }),
  });
  if (!type.startsWith("search")) return {};
  return compact({ siteSearch, [isResponse ? "searchResponse" : "searchRequest"]: request });
}

function clickRank(properties: JsonObject): JsonValue | undefined {
  return properties["rank"];
}

const channelKinds = "https://ns.adobe.com/xdm/channel-types/";

function writeChannel(context: JsonObject): JsonObject {
  const { channel } = context;
  if (typeof channel !== "string") return {};
  return { _id: channel, _type: `${channelKinds}${channel.slice(channel.lastIndexOf("/") + 1)}` };
}

const actionOfType = new Map([
  ["propositionDisplay", "display"],
  ["propositionInteract", "interact"],
  ["propositionDismiss", "dismiss"],
]);

function writeDecisioning(type: string, properties: JsonObject): JsonObject {
  const propositions = listOf(properties["propositions"], 50).filter(isObject);
  if (propositions.length === 0) return {};
  const [first] = propositions;
  const action = typeof first?.["action"] === "string" ? first["action"] : (actionOfType.get(type) ?? "display");
  return {
    decisioning: compact({
      propositions: propositions.map(({ id, scope, activityId, variantId, itemId }) =>
        compact({
          id,
          scope,
          scopeDetails: compact({ activity: compact({ id: activityId }), experience: compact({ id: variantId }) }),
          items: itemId === undefined ? [] : [{ id: itemId }],
        }),
      ),
      propositionEventType: { [action]: 1 },
      propositionAction: compact({ label: first?.["label"], tokens: first?.["tokens"], reason: first?.["reason"] }),
    }),
  };
}

function writePerson(type: string, properties: JsonObject): JsonObject {
  const traits = objectOf(properties["traits"]);
  const {
    firstName,
    middleName,
    lastName,
    fullName,
    courtesyTitle,
    suffix,
    birthDate,
    birthYear,
    birthDayAndMonth,
    gender,
    email,
    phone,
    billingAddress,
    shippingAddress,
    billingPhone,
    shippingPhone,
    startDate,
    loyalty,
    ...attributes
  } = traits;
  if (!isPersonEvent(type)) return {};
  return compact({
    person: compact({
      name: compact({ firstName, middleName, lastName, fullName, courtesyTitle, suffix }),
      birthDate,
      birthYear,
      birthDayAndMonth,
      gender,
    }),
    personalEmail: compact({ address: email }),
    mobilePhone: compact({ number: phone }),
    billingAddress,
    shippingAddress,
    billingAddressPhone: compact({ number: billingPhone }),
    shippingAddressPhone: compact({ number: shippingPhone }),
    userAccount: compact({ startDate }),
    loyalty,
    attributes,
  });
}

/** Counters of `userAccount.*` events are plain integers. */
function writeAccountCounter(eventType: string): JsonObject {
  const [group, name] = eventType.split(".");
  return group === "userAccount" && name !== undefined && !name.startsWith("backoffice") ? { [name]: 1 } : {};
}

const unitPriced = /^(productPageView$|search|categoryView$|recs)/;

/**
 * An event in XDM. Amounts become decimals in major units; a name without a row in the name table is its own `eventType`;
 * a profile record has neither type nor time.
 */
export function toXdmEvent(event: CanonicalEvent): JsonObject {
  const { type, properties, context } = event;
  const isRecord = type === "profileRecord";
  const eventType = isRecord ? undefined : (xdmNameOf(type) ?? event.originalName);
  const person = writePerson(type, properties);
  const email = properties["orderId"] === undefined ? undefined : properties["email"];
  const screen = objectOf(context["screen"]);
  return compact({
    _id: event.messageId,
    eventType,
    timestamp: isRecord ? undefined : new Date(event.timestamp).toISOString(),
    identityMap: writeIdentityMap(event.identifiers, event.verified),
    web: writeWeb(type, context),
    channel: writeChannel(context),
    device: compact({
      screenWidth: screen["width"],
      screenHeight: screen["height"],
      screenOrientation: screen["orientation"],
    }),
    environment: compact({
      browserDetails: compact({ viewportWidth: screen["viewportWidth"], viewportHeight: screen["viewportHeight"] }),
      language: context["locale"],
    }),
    placeContext: compact({ ianaTimezone: context["timezone"] }),
    commerce: eventType === undefined ? undefined : writeCommerce(eventType, properties, context),
    productListItems: writeItems(properties, unitPriced.test(type)),
    ...writeSearch(type, properties),
    ...person,
    personalEmail: person["personalEmail"] ?? compact({ address: email }),
    userAccount: {
      ...objectOf(person["userAccount"]),
      ...(eventType === undefined ? {} : writeAccountCounter(eventType)),
    },
    _experience: writeDecisioning(type, properties),
    ...tenantFields(properties),
  });
}

function tenantFields(properties: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(properties).filter(([key]) => /^_(?!id$|experience$|_)[\w-]{1,60}$/.test(key)),
  );
}
