/** The columns of every list of contacts. */
import { Link } from "@tanstack/react-router";
import type { Schemas } from "@/api/client";
import type { Column } from "@/parts/columns";
import type { Words } from "@/words";

type Contact = Schemas["Contact"];

export function contactColumns({ t, f }: Words): Column<Contact>[] {
  return [
    {
      key: "name",
      title: t("contact.name"),
      text: (row) => row.name,
      cell: (row) => (
        <Link to="/audience/contacts/$id" params={{ id: row.id }}>
          <bdi>{row.name || t("contact.unnamed")}</bdi>
        </Link>
      ),
    },
    { key: "locale", title: t("contact.locale"), text: (row) => row.locale, cell: (row) => row.locale || "—" },
    { key: "region", title: t("contact.region"), text: (row) => row.region, cell: (row) => row.region || "—" },
    { key: "zone", title: t("contact.zone"), text: (row) => row.zone, cell: (row) => row.zone || "—" },
    { key: "source", title: t("contact.source"), text: (row) => row.source, cell: (row) => row.source },
    { key: "created", title: t("contact.created"), text: (row) => row.created_at, cell: (row) => f.date(row.created_at) },
    { key: "id", title: t("contact.id"), text: (row) => row.id, cell: (row) => <span className="mono">{row.id}</span>, hidden: true },
  ];
}
