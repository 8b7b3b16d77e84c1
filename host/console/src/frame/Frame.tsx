/** What stands around every page: areas at the side, search, jobs and preferences on top. */
import { LogoutOutlined, UserOutlined } from "@ant-design/icons";
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { Alert, Button, Dropdown, Flex, Layout } from "antd";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { api } from "@/api/client";
import { meQuery, workspaceQuery } from "@/api/me";
import { session } from "@/api/session";
import { Loading } from "@/parts/Loading";
import { forgetDrafts } from "@/parts/draft";
import { useAction } from "@/parts/forms";
import { useWords, WordsProvider } from "@/words";
import { ExpiryDialog } from "./ExpiryDialog";
import { HostBanner } from "./HostBanner";
import { JobTray } from "./JobTray";
import { Keys } from "./Keys";
import { Navigation } from "./Navigation";
import { useLanguage } from "./preferences";
import { Search } from "./Search";
import { LanguageSwitch, ThemeSwitch } from "./Switches";

const StartOffer = lazy(() => import("@/areas/start/StartOffer"));

export function Frame() {
  const { data: workspace } = useSuspenseQuery(workspaceQuery);
  const language = useLanguage();
  return (
    <WordsProvider language={language} zone={workspace.zone}>
      <Shell name={workspace.name} standsAt={workspace.stands_at} />
      <ExpiryDialog />
    </WordsProvider>
  );
}

function Shell({ name, standsAt }: { name: string; standsAt?: string | null }) {
  const { t, f } = useWords();
  const [folded, setFolded] = useState(false);
  const content = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const first = useRef(true);
  // A new page begins at its heading, for those who hear it too.
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    content.current?.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }, [pathname]);
  return (
    <Layout className="shell">
      <a className="skip" href="#content" onClick={(event) => (event.preventDefault(), content.current?.focus())}>
        {t("app.skip")}
      </a>
      <Layout.Sider theme="light" breakpoint="lg" collapsible collapsed={folded} onCollapse={setFolded} width={216} className="side">
        <div className="wordmark">{folded ? "R" : t("app.title")}</div>
        <Navigation />
      </Layout.Sider>
      <Layout>
        <Layout.Header className="top">
          <Search />
          <Flex gap={4} align="center">
            <span className="workspace-name">{name}</span>
            <JobTray />
            <Keys />
            <LanguageSwitch />
            <ThemeSwitch />
            <Person />
          </Flex>
        </Layout.Header>
        <main id="content" className="content" tabIndex={-1} ref={content}>
          <HostBanner />
          <Suspense>
            <StartOffer />
          </Suspense>
          {standsAt && <Alert type="info" showIcon title={t("past.banner", { at: f.time(standsAt) })} className="banner" />}
          <Suspense fallback={<Loading />}>
            <Outlet />
          </Suspense>
        </main>
      </Layout>
    </Layout>
  );
}

function Person() {
  const { t } = useWords();
  const { data: me } = useSuspenseQuery(meQuery);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { failed } = useAction();
  const name = me.user?.name ?? me.actor;

  async function signOut() {
    try {
      await api.DELETE("/api/v1/sessions");
      session.end();
      forgetDrafts();
      queries.clear();
      await navigate({ to: "/sign-in" });
    } catch (error) {
      failed(error);
    }
  }

  return (
    <Dropdown
      autoFocus
      trigger={["click"]}
      menu={{
        items: [
          { key: "who", label: t("signedIn.as", { name }), disabled: true },
          { key: "account", label: t("account.title"), icon: <UserOutlined />, onClick: () => void navigate({ to: "/account" }) },
          { key: "out", label: t("signOut"), icon: <LogoutOutlined />, onClick: () => void signOut() },
        ],
      }}
    >
      <Button type="text" icon={<UserOutlined />} aria-label={t("signedIn.as", { name })} title={t("signedIn.as", { name })} />
    </Dropdown>
  );
}
