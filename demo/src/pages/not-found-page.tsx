import { EmptyNote } from "../components/states.tsx";
import { usePageView } from "../components/use-page-view.ts";
import { links } from "../router.ts";

export function NotFoundPage({ what = "This page" }: { readonly what?: string }) {
  usePageView("not-found", "Not found");
  return (
    <EmptyNote isPage title={`${what} is not here`}>
      <p>
        It may have moved. Try the search, or go <a href={links.home}>to the home page</a>.
      </p>
    </EmptyNote>
  );
}
