import { describe, expect, it } from "vitest";
import { actionName, namespaceName, ruleName, shortValue } from "./words.ts";

describe("identity in words", () => {
  it("names kinds of identifiers, also those of a source", () => {
    expect(namespaceName("email")).toBe("E-mail address");
    expect(namespaceName("customer_id:erp")).toBe("Customer number in erp");
    expect(namespaceName("push_token:ios")).toBe("Push address (ios)");
    expect(namespaceName("club_card")).toBe("club_card");
  });

  it("says by which rule, with the kind of identifier in it", () => {
    expect(ruleName("shared_device")).toBe("Another person uses the same device");
    expect(ruleName("verified_email")).toBe("Both have the same proven e-mail address");
    expect(ruleName("email_not_verified")).toBe("The e-mail address is only a claim, so it pulls nobody together");
    expect(ruleName("claimed_phone")).toBe("Both claim the same phone number, and neither is known otherwise");
  });

  it("shortens what is too long to read, and nothing else", () => {
    expect(shortValue("roni@example.com")).toBe("roni@example.com");
    expect(shortValue("88edbb97cc8014ec81fc25737c7e4c4da8d162caf0d1e66520892fb73e0a8895")).toBe(
      "88edbb97cc80…\u20600a8895",
    );
  });

  it("leaves what it does not know as the server wrote it", () => {
    expect(actionName("merge")).toBe("Merged");
    expect(actionName("teleport")).toBe("teleport");
    expect(ruleName("house_rule_7")).toBe("house_rule_7");
  });
});
