-- The plan of a campaign and its money: rates, refunds, budget lines, approvals, comments, annotations.

-- One `base` is worth `rate` (a plain decimal) `quote` from the UTC day that begins at `at`.
CREATE TABLE exchange_rate (
  workspace UUID NOT NULL,
  base TEXT NOT NULL,
  quote TEXT NOT NULL,
  at BIGINT NOT NULL,
  rate TEXT NOT NULL,
  source TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, base, quote, at)
);

-- What was paid back of a line of an order.
CREATE TABLE refund (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  number TEXT NOT NULL,
  sales_order UUID NOT NULL,
  line BIGINT NOT NULL,
  at BIGINT NOT NULL,
  quantity DOUBLE PRECISION NOT NULL,
  amount_minor BIGINT NOT NULL,
  source TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX refund_number ON refund (workspace, number);
CREATE INDEX refund_line ON refund (workspace, sales_order, line);
CREATE INDEX refund_at ON refund (workspace, at);

-- Which currencies there are is asked before money is summed.
CREATE INDEX sales_order_currency ON sales_order (workspace, currency);
CREATE INDEX event_currency ON event (workspace, currency) WHERE currency IS NOT NULL;

-- Amounts are in the line's own currency and worth what that was at `priced_at`.
CREATE TABLE budget_line (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  campaign UUID NOT NULL,
  kind TEXT NOT NULL,
  channel TEXT NOT NULL,
  name TEXT NOT NULL,
  planned_minor BIGINT NOT NULL,
  committed_minor BIGINT NOT NULL,
  currency TEXT NOT NULL,
  unit_cost_minor BIGINT,
  quantity BIGINT,
  priced_at BIGINT NOT NULL,
  note TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE INDEX budget_line_campaign ON budget_line (workspace, campaign, id);

ALTER TABLE spend ADD COLUMN budget_line UUID;

-- One row a workspace that says how plans are approved.
CREATE TABLE plan_setting (
  workspace UUID NOT NULL,
  approval_required BOOLEAN NOT NULL,
  self_approval BOOLEAN NOT NULL,
  threshold_minor BIGINT,
  version BIGINT NOT NULL,
  updated_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (workspace)
);

-- `plan` is the plan as it stood when it was asked for, `digest` its hash.
CREATE TABLE campaign_approval (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  campaign UUID NOT NULL,
  digest TEXT NOT NULL,
  plan TEXT NOT NULL,
  state TEXT NOT NULL,
  request TEXT NOT NULL,
  requested_by TEXT NOT NULL,
  requested_at BIGINT NOT NULL,
  answer TEXT NOT NULL,
  decided_by TEXT,
  decided_at BIGINT,
  PRIMARY KEY (workspace, id)
);
CREATE INDEX campaign_approval_campaign ON campaign_approval (workspace, campaign, id);

CREATE TABLE campaign_comment (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  campaign UUID NOT NULL,
  parent UUID,
  body TEXT NOT NULL,
  author TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  edited_at BIGINT,
  deleted_at BIGINT,
  PRIMARY KEY (workspace, id)
);
CREATE INDEX campaign_comment_campaign ON campaign_comment (workspace, campaign, id);

CREATE TABLE comment_mention (
  workspace UUID NOT NULL,
  comment UUID NOT NULL,
  user_account UUID NOT NULL,
  PRIMARY KEY (workspace, comment, user_account)
);
CREATE INDEX comment_mention_user ON comment_mention (workspace, user_account, comment);

-- What happened at a time that a chart should show; of one campaign or of all.
CREATE TABLE annotation (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  campaign UUID,
  at BIGINT NOT NULL,
  text TEXT NOT NULL,
  author TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE INDEX annotation_at ON annotation (workspace, at);
