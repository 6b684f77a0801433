import type { Page } from "playwright-core";

/** Fills the checkout of a guest as a person does: field by field, each once it is there. */
export async function fillCheckout(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/shop/checkout`);
  const values = {
    Email: "buyer@shop.example",
    "First name": "Test",
    "Last name": "Person",
    "Street address": "1 Main Street",
    City: "Austin",
    "ZIP code": "78701",
    Phone: "5125550100",
  };
  for (const [label, value] of Object.entries(values)) await page.getByLabel(label).first().fill(value);
  await page.getByLabel("State").selectOption({ label: "Texas" });
}
