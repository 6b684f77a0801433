import { Provider } from "@react-spectrum/s2";
import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { sessionKey } from "./access/use-session.ts";
import { ApiError } from "./api/client.ts";
import { router } from "./router.tsx";
import { basePath, toLocation } from "./shell/location.ts";

const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // A session that ended meanwhile: every page then shows the sign-in.
    onError: (error) => {
      if (error instanceof ApiError && error.status === 401) queryClient.setQueryData(sessionKey, null);
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5000,
      retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status < 500),
    },
  },
});

const spectrumRouter = {
  navigate: (href: string) => {
    void router.navigate(toLocation(href, router.state.location.search as Record<string, string>));
  },
  useHref: (href: string) => (/^(https?:|#)/.test(href) ? href : basePath + href),
};

export function App() {
  return (
    <Provider router={spectrumRouter} background="base">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </Provider>
  );
}
