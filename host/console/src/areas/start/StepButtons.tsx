/** Back, on, or later: the same row under every step. */
import { Button, Flex } from "antd";
import { useWords } from "@/words";

interface Props {
  onBack: (() => void) | undefined;
  busy?: boolean;
  /** Sends the form; without one the step has nothing to save. */
  form?: string;
  onNext?: () => void;
  onSkip?: () => void;
  label?: string;
}

export function StepButtons({ onBack, busy = false, form, onNext, onSkip, label }: Props) {
  const { t } = useWords();
  return (
    <Flex gap={8} className="section" wrap>
      {onBack && (
        <Button onClick={onBack} disabled={busy}>
          {t("form.back")}
        </Button>
      )}
      {form ? (
        <Button type="primary" htmlType="submit" form={form} loading={busy}>
          {label ?? t("start.saveNext")}
        </Button>
      ) : (
        onNext && (
          <Button type="primary" onClick={onNext} loading={busy}>
            {label ?? t("form.next")}
          </Button>
        )
      )}
      {onSkip && (
        <Button type="link" onClick={onSkip} disabled={busy}>
          {t("start.skip")}
        </Button>
      )}
    </Flex>
  );
}
