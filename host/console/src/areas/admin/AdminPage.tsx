/** A page of Admin: the list of its sections at the side, the section beside it. */
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, Navigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { meQuery } from "@/api/me";
import { Empty } from "@/parts/Empty";
import { Page } from "@/parts/Page";
import { useWords, type Key } from "@/words";
import { openGroups } from "./scope";

interface Props {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  help: Key[];
  children: ReactNode;
}

export function AdminPage({ children, ...page }: Props) {
  const { t } = useWords();
  const { data: me } = useSuspenseQuery(meQuery);
  return (
    <Page {...page}>
      <div className="admin">
        <nav aria-label={t("area.admin")} className="admin-nav">
          {openGroups(me).map((group) => (
            <section key={group.title} aria-label={t(group.title)}>
              <h2>{t(group.title)}</h2>
              <ul>
                {group.sections.map((section) => (
                  <li key={section.path}>
                    <Link to={section.path} activeProps={{ "aria-current": "page" }}>
                      {t(section.title)}
                    </Link>
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </nav>
        <div className="admin-main">{children}</div>
      </div>
    </Page>
  );
}

/** The area's own address leads to the first section that is open. */
export function AdminStart() {
  const { t } = useWords();
  const { data: me } = useSuspenseQuery(meQuery);
  const first = openGroups(me)[0]?.sections[0];
  return first ? <Navigate to={first.path} replace /> : <Empty title={t("admin.nothing")} what={t("admin.nothingWhat")} />;
}
