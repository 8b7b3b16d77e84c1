/** One contact: who it is, what is known, what was agreed to, what happened, and what was sent. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Alert, Tabs } from "antd";
import type { Schemas } from "@/api/client";
import { useMay } from "@/api/me";
import { Wall } from "@/parts/Fault";
import { Loading } from "@/parts/Loading";
import { Page } from "@/parts/Page";
import { ProblemAlert } from "@/parts/ProblemAlert";
import { useWords } from "@/words";
import { CONTACT_TABS } from "../routes";
import { Consents } from "./Consents";
import { ContactPurchases } from "./ContactPurchases";
import { ContactSends } from "./ContactSends";
import { isErased, PersonRights } from "./PersonRights";
import { Profile } from "./Profile";
import { profileQuery } from "./questions";
import { Timeline } from "./Timeline";

const route = getRouteApi("/in/audience/contacts/$id");

export function ContactPage() {
  const { id } = route.useParams();
  const asked = useQuery(profileQuery(id));
  if (asked.isError) return <ProblemAlert error={asked.error} onRetry={() => void asked.refetch()} />;
  if (!asked.data) return <Loading />;
  return <Loaded profile={asked.data} />;
}

function Loaded({ profile }: { profile: Schemas["Profile"] }) {
  const { t, f } = useWords();
  const may = useMay();
  const { tab = "profile" } = route.useSearch();
  const navigate = route.useNavigate();
  const { contact } = profile;
  const pages = {
    profile: <Profile profile={profile} />,
    consent: <Consents profile={profile} />,
    timeline: <Timeline contact={contact.id} />,
    sends: <ContactSends contact={contact.id} />,
    purchases: <ContactPurchases contact={contact.id} />,
  };
  const needed = { profile: "audience.read", consent: "audience.read", timeline: "audience.read", sends: "delivery.read", purchases: "sales.read" };
  const shown = CONTACT_TABS.filter((one) => may(needed[one]));
  return (
    <Page
      title={contact.name || t("contact.unnamed")}
      lead={isErased(contact) ? undefined : t("contact.since", { source: contact.source, at: f.date(contact.created_at) })}
      help={["contact.help.profile", "contact.help.consent", "contact.help.why", "contact.help.merge", "contact.help.rights"]}
      terms={["identity", "trait", "tag", "consent", "merge", "suppression"]}
      actions={<PersonRights contact={contact} />}
    >
      {isErased(contact) && <Alert type="info" showIcon className="banner" title={t("person.isErased")} description={t("person.isErasedWhat")} />}
      <Tabs
        activeKey={tab}
        onChange={(next) => void navigate({ search: { tab: CONTACT_TABS.find((one) => one === next) } })}
        // Each tab's table reads the address's cursor: only the one in sight may.
        destroyOnHidden
        items={shown.map((key) => ({ key, label: t(`contact.tab.${key}`), children: <Wall>{pages[key]}</Wall> }))}
      />
    </Page>
  );
}
