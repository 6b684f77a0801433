import type { JsonObject } from "../../api/shapes.ts";
import { messages } from "../../messages.data.ts";

export type Example = {
  readonly id: string;
  readonly label: string;
  readonly text: string;
  readonly events: readonly JsonObject[];
};

const m = messages.identity.simulate.examples;
const browse = (anonymousId: string): JsonObject => ({ type: "pageView", anonymousId, trusted: false });
const signIn = (anonymousId: string, customerId: string): JsonObject => ({ type: "signIn", anonymousId, customerId });
const account = (customerId: string, email: string): JsonObject => ({ type: "accountUpdated", customerId, email });

/** What shops ask about most; the first one is shown to begin with. */
export const examples: readonly [Example, ...Example[]] = [
  { id: "visitor", ...m.visitor, events: [browse("phone"), signIn("phone", "1001"), browse("phone")] },
  {
    id: "devices",
    ...m.devices,
    events: [browse("phone"), browse("laptop"), signIn("phone", "1001"), signIn("laptop", "1001")],
  },
  {
    id: "tablet",
    ...m.tablet,
    events: [browse("tablet"), signIn("tablet", "1001"), signIn("tablet", "1002"), browse("tablet")],
  },
  {
    id: "sign-out",
    ...m.signOut,
    events: [
      signIn("tablet", "1001"),
      { type: "signOut", anonymousId: "tablet", customerId: "1001" },
      browse("tablet"),
    ],
  },
  {
    id: "address",
    ...m.address,
    events: [account("1001", "family@example.com"), account("1002", "family@example.com")],
  },
  {
    id: "guest",
    ...m.guest,
    events: [
      account("1001", "ann@example.com"),
      { type: "orderPlaced", anonymousId: "laptop", email: "ann@example.com", properties: { orderId: "5001" } },
      {
        type: "orderPlaced",
        anonymousId: "unknown-phone",
        email: "ann@example.com",
        properties: { orderId: "5002" },
        trusted: false,
      },
    ],
  },
  {
    id: "alias",
    ...m.alias,
    events: [
      account("1001", "ann@example.com"),
      account("1002", "ann@work.example"),
      { type: "alias", customerId: "1002", properties: { previousId: "1001" } },
    ],
  },
  {
    id: "placeholder",
    ...m.placeholder,
    events: [signIn("phone", "undefined"), signIn("laptop", "undefined"), { type: "pageView", email: "test@test.com" }],
  },
];
