/** What the pages of campaigns ask the API for. */
import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import { ProblemError } from "@/api/problem";

/** Lists to choose from are asked for whole, up to this many. */
const CHOICES_MAX = 500;
const all = { params: { query: { limit: CHOICES_MAX } } };

export const campaignQuery = (id: string) =>
  queryOptions({
    queryKey: ["campaigns", id],
    queryFn: () => answer(api.GET("/api/v1/campaigns/{id}", { params: { path: { id } } })),
  });

export const ledgerQuery = (id: string) =>
  queryOptions({
    queryKey: ["campaigns", id, "ledger"],
    queryFn: () => answer(api.GET("/api/v1/campaigns/{id}/ledger", { params: { path: { id } } })),
  });

export const planQuery = (id: string) =>
  queryOptions({
    queryKey: ["campaigns", id, "plan"],
    queryFn: () => answer(api.GET("/api/v1/campaigns/{id}/plan", { params: { path: { id } } })),
  });

/** The last counted preflight; none before the first. */
export const preflightQuery = (id: string) =>
  queryOptions({
    queryKey: ["campaigns", id, "preflight"],
    queryFn: async () => {
      try {
        return await answer(api.GET("/api/v1/campaigns/{id}/preflight", { params: { path: { id } } }));
      } catch (error) {
        if (error instanceof ProblemError && error.status === 404) return null;
        throw error;
      }
    },
  });

export const goalsQuery = (id: string) =>
  queryOptions({
    queryKey: ["campaigns", id, "goals"],
    queryFn: () => answer(api.GET("/api/v1/campaigns/{id}/goals", { params: { path: { id } } })),
  });

/** Every campaign by name, to choose from and to call one by its name. */
export const campaignNamesQuery = queryOptions({ queryKey: ["campaigns", "choices"], staleTime: 60_000, queryFn: () => answer(api.GET("/api/v1/campaigns", all)) });

export const segmentsQuery = queryOptions({ queryKey: ["segments", "choices"], queryFn: () => answer(api.GET("/api/v1/segments", all)) });
export const topicsQuery = queryOptions({ queryKey: ["topics"], queryFn: () => answer(api.GET("/api/v1/topics")) });
export const messagesQuery = queryOptions({ queryKey: ["messages", "choices"], queryFn: () => answer(api.GET("/api/v1/messages", all)) });
export const sendersQuery = queryOptions({ queryKey: ["senders"], queryFn: () => answer(api.GET("/api/v1/senders")) });
export const mailServersQuery = queryOptions({ queryKey: ["mail-servers"], queryFn: () => answer(api.GET("/api/v1/mail-servers", all)) });
export const experimentsQuery = queryOptions({ queryKey: ["experiments", "choices"], queryFn: () => answer(api.GET("/api/v1/experiments", all)) });
export const installationsQuery = queryOptions({ queryKey: ["installations", "choices"], queryFn: () => answer(api.GET("/api/v1/installations", all)) });

export const budgetQuery = (id: string) =>
  queryOptions({
    queryKey: ["campaigns", id, "budget"],
    queryFn: () => answer(api.GET("/api/v1/campaigns/{id}/budget", { params: { path: { id } } })),
  });

export const planSettingsQuery = queryOptions({ queryKey: ["plan-settings"], queryFn: () => answer(api.GET("/api/v1/plan-settings")) });

/** Whom a comment can mention. */
export const usersQuery = queryOptions({ queryKey: ["users", "choices"], staleTime: 5 * 60_000, queryFn: () => answer(api.GET("/api/v1/users", all)) });

/** The newest campaigns, for the calendar. */
export const calendarQuery = queryOptions({ queryKey: ["campaigns", "calendar"], queryFn: () => answer(api.GET("/api/v1/campaigns", all)) });
