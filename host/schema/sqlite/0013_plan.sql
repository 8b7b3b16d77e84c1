-- The plan of a campaign and its money: rates, refunds, budget lines, approvals, comments, annotations.

-- One `base` is worth `rate` (a plain decimal) `quote` from the UTC day that begins at `at`.
CREATE TABLE exchange_rate (
  workspace BLOB NOT NULL,
  base TEXT NOT NULL,
  quote TEXT NOT NULL,
  at INTEGER NOT NULL,
  rate TEXT NOT NULL,
  source TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, base, quote, at)
) STRICT, WITHOUT ROWID;

-- What was paid back of a line of an order.
CREATE TABLE refund (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  number TEXT NOT NULL,
  sales_order BLOB NOT NULL,
  line INTEGER NOT NULL,
  at INTEGER NOT NULL,
  quantity REAL NOT NULL,
  amount_minor INTEGER NOT NULL,
  source TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX refund_number ON refund (workspace, number);
CREATE INDEX refund_line ON refund (workspace, sales_order, line);
CREATE INDEX refund_at ON refund (workspace, at);

-- Which currencies there are is asked before money is summed.
CREATE INDEX sales_order_currency ON sales_order (workspace, currency);
CREATE INDEX event_currency ON event (workspace, currency) WHERE currency IS NOT NULL;

-- Amounts are in the line's own currency and worth what that was at `priced_at`.
CREATE TABLE budget_line (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  campaign BLOB NOT NULL,
  kind TEXT NOT NULL,
  channel TEXT NOT NULL,
  name TEXT NOT NULL,
  planned_minor INTEGER NOT NULL,
  committed_minor INTEGER NOT NULL,
  currency TEXT NOT NULL,
  unit_cost_minor INTEGER,
  quantity INTEGER,
  priced_at INTEGER NOT NULL,
  note TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX budget_line_campaign ON budget_line (workspace, campaign, id);

ALTER TABLE spend ADD COLUMN budget_line BLOB;

-- One row a workspace that says how plans are approved.
CREATE TABLE plan_setting (
  workspace BLOB NOT NULL,
  approval_required INTEGER NOT NULL,
  self_approval INTEGER NOT NULL,
  threshold_minor INTEGER,
  version INTEGER NOT NULL,
  updated_by TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (workspace)
) STRICT, WITHOUT ROWID;

-- `plan` is the plan as it stood when it was asked for, `digest` its hash.
CREATE TABLE campaign_approval (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  campaign BLOB NOT NULL,
  digest TEXT NOT NULL,
  plan TEXT NOT NULL,
  state TEXT NOT NULL,
  request TEXT NOT NULL,
  requested_by TEXT NOT NULL,
  requested_at INTEGER NOT NULL,
  answer TEXT NOT NULL,
  decided_by TEXT,
  decided_at INTEGER,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX campaign_approval_campaign ON campaign_approval (workspace, campaign, id);

CREATE TABLE campaign_comment (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  campaign BLOB NOT NULL,
  parent BLOB,
  body TEXT NOT NULL,
  author TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  edited_at INTEGER,
  deleted_at INTEGER,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX campaign_comment_campaign ON campaign_comment (workspace, campaign, id);

CREATE TABLE comment_mention (
  workspace BLOB NOT NULL,
  comment BLOB NOT NULL,
  user_account BLOB NOT NULL,
  PRIMARY KEY (workspace, comment, user_account)
) STRICT, WITHOUT ROWID;
CREATE INDEX comment_mention_user ON comment_mention (workspace, user_account, comment);

-- What happened at a time that a chart should show; of one campaign or of all.
CREATE TABLE annotation (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  campaign BLOB,
  at INTEGER NOT NULL,
  text TEXT NOT NULL,
  author TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX annotation_at ON annotation (workspace, at);
