/** Where the console begins. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { speak } from "@/api/client";
import { ProblemError } from "@/api/problem";
import { Dress } from "@/frame/Dress";
import { language } from "@/frame/preferences";
import { learn } from "@/words";
import { makeRouter } from "./router";
import "./console.css";

speak(language());
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
const router = makeRouter(queries);
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const root = document.getElementById("root");

if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Dress zone={zone}>
          <RouterProvider router={router} />
        </Dress>
      </QueryClientProvider>
    </StrictMode>,
  );
}
