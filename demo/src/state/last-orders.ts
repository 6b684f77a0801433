import type { Order } from "../types.ts";

// What a guest sees after the order: kept for this tab only, since it holds an address.
const key = "luma.orders";
const maxOrders = 5;

function readOrders(): readonly Order[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(key) ?? "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

let latest: Order | null = null;

export function keepOrder(order: Order): void {
  latest = order;
  try {
    sessionStorage.setItem(key, JSON.stringify([order, ...readOrders()].slice(0, maxOrders)));
  } catch {
    // Storage is forbidden: the confirmation is then shown once.
  }
}

export function findOrder(orderId: string): Order | null {
  return latest?.orderId === orderId ? latest : (readOrders().find((order) => order.orderId === orderId) ?? null);
}
