/** The console, once it is known who is there, or to find out. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ProblemError } from "@/api/problem";
import { Dress } from "@/frame/Dress";
import { language } from "@/frame/preferences";
import { learn } from "@/words";
import { makeRouter } from "./router";
import "./console.css";

export async function start(root: HTMLElement) {
  await learn(language());
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        // A refusal is an answer; only silence and "away for now" are asked again.
        retry: (times, error) => times < 3 && error instanceof ProblemError && (error.status === 0 || error.status === 503),
        refetchOnWindowFocus: true,
      },
    },
  });
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Dress zone={zone}>
          <RouterProvider router={makeRouter(queries)} />
        </Dress>
      </QueryClientProvider>
    </StrictMode>,
  );
}
