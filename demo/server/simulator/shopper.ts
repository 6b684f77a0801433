import type { Assortment, Leaf, SimulatorProduct } from "./assortment.ts";
import type { Line } from "./order-totals.ts";
import { createRandom, type Random } from "./random.ts";

export type Device = "desktop" | "mobile" | "tablet";
export type Taste = { readonly leaf: Leaf; readonly weight: number };

/** What a simulated shopper is like. None of it is sent: events are all that can be known. */
export type Shopper = {
  readonly index: number;
  /** Unique among all seeds, e.g. `7-17`. */
  readonly key: string;
  readonly anonymousIds: readonly string[];
  readonly devices: readonly Device[];
  readonly customerId: string;
  readonly email: string;
  readonly traits: { readonly firstName: string; readonly lastName: string };
  readonly tastes: readonly Taste[];
  /** Exponent of relative price: 0 does not care, 2 quarters demand at double price. */
  readonly priceSensitivity: number;
  readonly isDiscountSeeker: boolean;
  /** Visits a day after the first one. */
  readonly visitsPerDay: number;
  /** Days after the start of the history at which the first visit happens. */
  readonly firstDay: number;
  /** How readily something is put into the cart and bought; 1 is average. */
  readonly inclination: number;
  /** The visit at which an account is created; null for those who never do. */
  readonly registersAtVisit: number | null;
  readonly usesRequisitionLists: boolean;
  readonly taxBasisPoints: number;
  readonly allowsPersonalisation: boolean;
};

/** What has happened to a shopper so far; changed by each visit. */
export type ShopperState = {
  visits: number;
  isRegistered: boolean;
  /** By device. */
  isSignedIn: boolean[];
  busyUntil: number;
  cartId: string | null;
  cartChangedAt: number;
  cart: Line[];
  viewed: SimulatorProduct[];
  wishlist: SimulatorProduct[];
  list: { listId: string; name: string; lines: Line[] } | null;
};

const deviceShares: readonly (readonly [Device, number])[] = [
  ["mobile", 0.52],
  ["desktop", 0.4],
  ["tablet", 0.08],
];
// Sales taxes of four kinds of places, in hundredths of a per cent.
const taxRates = [0, 600, 725, 825];

function readDevice(random: Random): Device {
  return deviceShares[random.index(deviceShares.map(([, share]) => share))]?.[0] ?? "mobile";
}

/** Two or three categories, mostly below the same root, the first one dearest. */
function chooseTastes({ leaves }: Assortment, random: Random): readonly Taste[] {
  const chosen: Leaf[] = [];
  const count = Math.min(leaves.length, random.whole(2, 3));
  while (chosen.length < count) {
    const root = chosen[0]?.root;
    const weights = leaves.map((leaf) => {
      if (chosen.includes(leaf)) return 0;
      return (
        Math.sqrt(leaf.products.length) *
        (leaf.isCollection ? 0.3 : 1) *
        (root === undefined || leaf.root === root ? 1 : 0.2)
      );
    });
    const leaf = leaves[random.index(weights)];
    // The last index stands for "all weights are 0".
    if (!leaf || chosen.includes(leaf)) break;
    chosen.push(leaf);
  }
  // Normalised exponentials: a draw from the Dirichlet distribution, tilted to the first one.
  const raw = chosen.map((_, at) => -Math.log(1 - random.next()) + (at === 0 ? 1 : 0.1));
  const sum = raw.reduce((total, weight) => total + weight, 0);
  return chosen.map((leaf, at) => ({ leaf, weight: (raw[at] ?? 0) / sum }));
}

/** Half are known from the first month, the others come one by one, more of them lately; none on the last day, which may only just have begun. */
function chooseFirstDay(random: Random, days: number): number {
  const share = random.chance(0.5)
    ? random.between(0, 0.33)
    : random.chance(0.3)
      ? random.between(0.92, 1)
      : random.between(0.33, 0.92);
  return Math.min(days - 2, Math.floor(share * days));
}

/** The shopper of a number; the same for the same seed and products. */
export function createShopper(
  index: number,
  { seed, days, assortment }: { readonly seed: number; readonly days: number; readonly assortment: Assortment },
): Shopper {
  const random = createRandom(seed, "shopper", index);
  const key = `${seed}-${index + 1}`;
  const first = readDevice(random);
  const hasTwoDevices = random.chance(0.3);
  const mayRegister = random.chance(0.5);
  return {
    index,
    key,
    devices: hasTwoDevices ? [first, first === "mobile" ? "desktop" : "mobile"] : [first],
    anonymousIds: hasTwoDevices ? [`sim-${key}-a`, `sim-${key}-b`] : [`sim-${key}-a`],
    customerId: `sim-customer-${key}`,
    email: `shopper-${key}@simulated.example`,
    traits: { firstName: "Simulated", lastName: `Shopper ${index + 1}` },
    tastes: chooseTastes(assortment, random),
    priceSensitivity: random.between(-0.3, 1.8),
    isDiscountSeeker: random.chance(0.25),
    visitsPerDay: 0.08 * Math.exp(0.75 * random.normal()),
    firstDay: chooseFirstDay(random, days),
    inclination: Math.exp(0.5 * random.normal()),
    registersAtVisit: mayRegister ? 1 + random.poisson(1.5) : null,
    usesRequisitionLists: mayRegister && random.chance(0.08),
    taxBasisPoints: random.pick(taxRates),
    allowsPersonalisation: random.chance(0.96),
  };
}

export function createShopperState(shopper: Shopper): ShopperState {
  return {
    visits: 0,
    isRegistered: false,
    isSignedIn: shopper.devices.map(() => false),
    busyUntil: 0,
    cartId: null,
    cartChangedAt: 0,
    cart: [],
    viewed: [],
    wishlist: [],
    list: null,
  };
}
