/** The first steps: each has its own address, and nothing typed in one is lost before it is saved. */
import { getRouteApi, Link } from "@tanstack/react-router";
import { Steps } from "antd";
import { NotFound } from "@/frame/NotFound";
import { useKept } from "@/frame/preferences";
import { Wall } from "@/parts/Fault";
import { useDraft } from "@/parts/draft";
import { LinkButton } from "@/parts/LinkButton";
import { Page } from "@/parts/Page";
import { useWords } from "@/words";
import { CampaignStep } from "./CampaignStep";
import { ChannelStep } from "./ChannelStep";
import { DataStep } from "./DataStep";
import { after, before, DRAFT, stepOf, STEPS, type StartDraft, type Step } from "./steps";
import { TestStep } from "./TestStep";
import { UnitsStep } from "./UnitsStep";
import { WorkspaceStep } from "./WorkspaceStep";

const route = getRouteApi("/in/start/$step");

export interface StepProps {
  draft: Partial<StartDraft>;
  keep: (more: Partial<StartDraft>) => void;
  /** To the next step; the last one ends the tour. */
  onDone: () => void;
  onBack: (() => void) | undefined;
}

const BODIES: Record<Step, (props: StepProps) => React.ReactNode> = {
  workspace: WorkspaceStep,
  units: UnitsStep,
  data: DataStep,
  channel: ChannelStep,
  test: TestStep,
  campaign: CampaignStep,
};

export function StartPage() {
  const { t } = useWords();
  const step = stepOf(route.useParams().step);
  const navigate = route.useNavigate();
  const [draft, keep, done] = useDraft<StartDraft>(DRAFT);
  const [, setTour] = useKept("start");
  if (!step) return <NotFound />;
  const Body = BODIES[step];
  const [next, last] = [after(step), before(step)];
  const go = (to: Step) => {
    setTour(to);
    void navigate({ to: "/start/$step", params: { step: to } });
  };
  return (
    <Page
      title={t("start.title")}
      lead={t("start.lead")}
      help={["start.help.what", "start.help.order", `start.help.${step}`]}
      terms={["workspace", "unit", "import", "sender", "mailServer", "segment"]}
      actions={
        <LinkButton to="/" onClick={() => setTour("done")}>
          {t("start.end")}
        </LinkButton>
      }
    >
      <nav aria-label={t("start.title")}>
        <Steps
          className="panel"
          size="small"
          current={STEPS.indexOf(step)}
          items={STEPS.map((one) => ({
            // Any order will do: a step that was passed is not therefore done.
            status: one === step ? ("process" as const) : ("wait" as const),
            title: (
              <Link to="/start/$step" params={{ step: one }} aria-current={one === step ? "step" : undefined}>
                {t(`start.step.${one}`)}
              </Link>
            ),
          }))}
        />
      </nav>
      <Wall key={step}>
        <Body
          draft={draft}
          keep={keep}
          onBack={last && (() => go(last))}
          onDone={() => {
            if (next) return go(next);
            setTour("done");
            done();
          }}
        />
      </Wall>
    </Page>
  );
}
