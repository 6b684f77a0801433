import { createRandom } from "./random.ts";

/** Towns that share a name with many others, and belong to nobody. */
const towns: readonly (readonly [city: string, region: string, postcode: string])[] = [
  ["Springfield", "Illinois", "62701"],
  ["Franklin", "Tennessee", "37064"],
  ["Clinton", "Iowa", "52732"],
  ["Salem", "Oregon", "97301"],
  ["Georgetown", "Texas", "78626"],
  ["Fairview", "New Jersey", "07022"],
];

/**
 * What the back office knows of a shopper who has an account. It has a stream of numbers of its own, so that what shoppers do does not
 * depend on it.
 */
export function createCustomerRecord(index: number, seed: number): Readonly<Record<string, unknown>> {
  const random = createRandom(seed, "record", index);
  const two = (number: number): string => String(number).padStart(2, "0");
  const birthDate = `${random.whole(1950, 2005)}-${two(random.whole(1, 12))}-${two(random.whole(1, 28))}`;
  const [city, region, postcode] = random.pick(towns);
  const address = { street1: `Simulated Street ${random.whole(1, 200)}`, city, region, postcode, country: "US" };
  const group = ["general", "wholesale", "retailer"][random.index([0.88, 0.08, 0.04])];
  return {
    birthDate,
    gender: random.pick(["female", "male", "not_specified"]),
    customerGroup: group,
    newsletter: random.chance(0.55) ? "subscribed" : "unsubscribed",
    billingAddress: address,
    ...(random.chance(0.7) && { shippingAddress: address }),
    ...(random.chance(0.15) && { storeCredit: { minor: random.whole(2, 10) * 500, currency: "USD" } }),
    loyalty: { program: "Simulated Club", points: random.whole(0, 150) * 10 },
  };
}
