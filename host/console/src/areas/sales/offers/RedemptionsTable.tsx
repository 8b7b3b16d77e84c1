/** Offers used: of everybody, of one offer, or of one contact. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { answer, api, type Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import { CursorTable, type Cursor } from "@/parts/CursorTable";
import { Empty } from "@/parts/Empty";
import { useWords } from "@/words";
import { Bring } from "../Bring";
import { useFile } from "../file";
import { CampaignName, ContactName, OrderNumber } from "../names";

type Redemption = Schemas["Redemption"];

interface Props {
  offer?: string;
  contact?: string;
  campaign?: string | undefined;
  at: Cursor;
  onMove: (at: Cursor) => void;
  tools?: ReactNode;
}

export function RedemptionsTable({ offer, contact, campaign, at, onMove, tools }: Props) {
  const { t, f } = useWords();
  const filters = { offer, contact, campaign };
  const columns: Column<Redemption>[] = [
    { key: "at", title: t("why.at"), text: (row) => row.at, cell: (row) => f.time(row.at) },
    { key: "code", title: t("redemption.code"), text: (row) => row.code, cell: (row) => <Link to="/sales/offers/$id" params={{ id: row.offer }}><span className="mono">{row.code}</span></Link> },
    { key: "contact", title: t("sales.contact"), text: (row) => row.contact, cell: (row) => <ContactName id={row.contact} /> },
    { key: "campaign", title: t("sales.campaign"), text: (row) => row.campaign, cell: (row) => <CampaignName id={row.campaign} /> },
    { key: "order", title: t("sales.order"), text: (row) => row.sales_order, cell: (row) => <OrderNumber id={row.sales_order} /> },
    { key: "number", title: t("sales.number"), text: (row) => row.number, cell: (row) => <span className="mono">{row.number}</span>, hidden: true },
    { key: "source", title: t("contact.source"), text: (row) => row.source, cell: (row) => row.source, hidden: true },
  ];
  // What the whole list is about need not stand in every row.
  const shown = columns.filter((one) => !(one.key === "contact" && contact) && !(one.key === "code" && offer));
  const whole = !offer && !contact && !campaign;
  return (
    <CursorTable<Redemption>
      name={contact ? "contact-redemptions" : offer ? "offer-redemptions" : "redemptions"}
      label={t("sales.part.redemptions")}
      columns={shown}
      rowKey={(row) => row.id}
      of={["redemptions", filters]}
      page={(cursor, limit) => answer(api.GET("/api/v1/redemptions", { params: { query: { ...filters, cursor, limit } } }))}
      at={at}
      onMove={onMove}
      file={useFile("redemptions", filters)}
      empty={<Empty title={t("redemption.none")} what={t(whole ? "redemption.noneWhat" : "redemption.noneHere")} action={whole && <Bring kind="redemptions" primary />} />}
      tools={tools}
    />
  );
}
