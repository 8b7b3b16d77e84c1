/** Names behind ids, asked for as they come into sight, each a way to what it names. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMay } from "@/api/me";
import { campaignQuery } from "@/areas/campaign/questions";
import { useWords } from "@/words";
import { channelQuery, channelsQuery, contactQuery, orderQuery, productQuery } from "./questions";

type Id = string | null | undefined;

export function ContactName({ id }: { id: Id }) {
  const { t } = useWords();
  const seen = useMay()("audience.read");
  const asked = useQuery({ ...contactQuery(id ?? ""), enabled: seen && Boolean(id) });
  if (!id) return "—";
  if (!seen) return t("sales.known");
  return (
    <Link to="/audience/contacts/$id" params={{ id }}>
      <bdi>{asked.data?.name || t("sales.openContact")}</bdi>
    </Link>
  );
}

export function CampaignName({ id }: { id: Id }) {
  const { t } = useWords();
  const seen = useMay()("campaign.read");
  const asked = useQuery({ ...campaignQuery(id ?? ""), enabled: seen && Boolean(id) });
  if (!id) return "—";
  if (!seen) return t("sales.known");
  return (
    <Link to="/campaigns/$id" params={{ id }}>
      <bdi>{asked.data?.name || t("contact.openCampaign")}</bdi>
    </Link>
  );
}

export function OrderNumber({ id }: { id: Id }) {
  const { t } = useWords();
  const asked = useQuery({ ...orderQuery(id ?? ""), enabled: Boolean(id) });
  if (!id) return "—";
  return (
    <Link to="/sales/orders/$id" params={{ id }}>
      <bdi>{asked.data?.number || t("sales.openOrder")}</bdi>
    </Link>
  );
}

export function ProductName({ id }: { id: string }) {
  const { t } = useWords();
  const asked = useQuery(productQuery(id));
  return (
    <Link to="/sales/products/$id" params={{ id }}>
      <bdi>{asked.data?.name || t("sales.openProduct")}</bdi>
    </Link>
  );
}

/** From the list of all, which mostly holds it; else by itself. */
export function ChannelName({ id }: { id: Id }) {
  const all = useQuery(channelsQuery);
  const known = all.data?.items.find((one) => one.id === id);
  const alone = useQuery({ ...channelQuery(id ?? ""), enabled: Boolean(id) && all.isSuccess && !known });
  if (!id) return "—";
  return <bdi>{(known ?? alone.data)?.name ?? "…"}</bdi>;
}
