import { describe, expect, it } from "vitest";
import { choose } from "../../testing/choose.ts";
import { press } from "../../testing/connector-pages.ts";
import { useAdmin } from "../../testing/use-admin.ts";

describe("the page of an offer", { timeout: 150_000 }, () => {
  const its = useAdmin(async ({ call }) => {
    const make = async (kind: string, key: string, body: object) => {
      await call("POST", `/v1/definitions/${kind}`, { key, name: `The ${key}`, body });
      await call("POST", `/v1/definitions/${kind}/${key}/publish`, {});
    };
    await make("offer-placement", "hero", { placement: "home.hero", channel: "web", contentType: "html" });
    await make("cart-price-rule", "vouchers", {
      ...{ priority: 1, coupon: { type: "pool" }, action: { type: "percent", percent: "10" } },
    });
    const representations = [{ placement: "hero", html: "<p>Ten percent off bags</p>" }];
    await make("offer", "bags", { priority: 5, audiences: [], representations, tags: ["summer"] });
    await make("offer", "hats", {
      ...{ priority: 3, audiences: [], representations, tags: ["summer"] },
      cartRule: { key: "vouchers", when: "near", lacksAtMost: { minor: 1_250, currency: "USD" } },
    });
    await make("offer-collection", "summer", { tags: { any: ["summer"] } });
    await make("offer-policy", "main", {
      ...{ placements: ["hero"], priority: 1, audiences: [], wanted: 1, emptyAllowed: true },
      entries: [{ type: "strategy", name: "first", collection: "summer", ranking: { method: "priority" } }],
    });
  });

  it("decides the draft for somebody beside the form, and follows it", async () => {
    const page = await its.open("/offers/bags");
    await its.titled(page, "The bags");
    const side = page.getByRole("region", { name: "Try the draft" });
    await side.getByText("The draft is shown.").waitFor();
    await its.checkLayout(page);
    const consent = page.getByRole("textbox", { name: "Needs consent to" });
    await consent.fill("marketing");
    await side.getByText("The draft is not shown: The visitor has not agreed to marketing").waitFor();
    await consent.fill("");
    await side.getByText("The draft is shown.").waitFor();
    await page.getByText("Always", { exact: true }).click();
    await page.getByLabel("Starts", { exact: true }).fill("2099-06-01T00:00");
    await page.getByRole("textbox", { name: "Time zone" }).fill("Asia/Tokyo");
    await side.getByText("The draft is not shown: Starts on 1 June 2099, 00:00 (Asia/Tokyo)").waitFor();
    await side.getByLabel("At time").fill("2099-06-01T00:00");
    await side.getByText("The draft is shown.").waitFor();
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });

  it("makes a limit hard, and asks how long a piece is held", async () => {
    const page = await its.open("/offers/bags");
    await its.titled(page, "The bags");
    await press(page, "Add a limit");
    const limit = page.getByRole("region", { name: "Limit 1" });
    // Of each person as of everybody.
    const minutes = limit.getByRole("textbox", { name: "Held for, minutes" });
    expect(await minutes.count()).toBe(0);
    await limit.getByText("Never more: pieces are held").click();
    await minutes.waitFor();
    await choose(page, /For$/, "everybody together");
    await minutes.waitFor();
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });

  it("writes what a cart may lack in money or units, and gives a personal code", async () => {
    const page = await its.open("/offers/hats");
    await its.titled(page, "The hats");
    const lacks = page.getByRole("textbox", { name: "Lacks at most" });
    await expect.poll(() => lacks.inputValue()).toBe("12.50");
    await choose(page, /Counted in/, "units");
    await expect.poll(() => lacks.inputValue()).toBe("1");
    await page.getByText("Comes with a personal code").click();
    await page.getByText("Also for visitors nobody knows").waitFor();
    await its.checkLayout(page);
    expect(its.faults()).toEqual([]);
  });
});
