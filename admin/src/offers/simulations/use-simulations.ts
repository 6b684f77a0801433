import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, post } from "../../api/client.ts";
import type { Page } from "../../api/shapes.ts";
import { showError } from "../../ui/toasts.ts";
import type { Simulation, SimulationRun } from "./shapes.ts";

export const simulationsPath = "/v1/offers/simulations";
const pathOf = (id: string) => `${simulationsPath}/${encodeURIComponent(id)}`;
const pollMs = 1_000;
/** Colleagues may start one. */
const idlePollMs = 15_000;

/** The newest first, with the time zone of the shop; looked at often while one runs. */
export function useSimulations() {
  return useQuery({
    queryKey: ["simulations"],
    queryFn: ({ signal }) =>
      get<Page<SimulationRun> & { readonly timezone: string }>(simulationsPath, { limit: 50 }, { signal }),
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ status }) => status === "running") ? pollMs : idlePollMs,
  });
}

export function useSimulation(id: string) {
  return useQuery({
    queryKey: ["simulations", id],
    queryFn: ({ signal }) => get<Simulation>(pathOf(id), {}, { signal }),
    refetchInterval: ({ state }) => (state.data?.status === "running" ? pollMs : false),
  });
}

export function useCancelSimulation(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => post<unknown>(`${pathOf(id)}/cancel`),
    onSuccess: () => client.invalidateQueries({ queryKey: ["simulations"] }),
    onError: showError,
  });
}
