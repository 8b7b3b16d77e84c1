-- Sales channels, products, orders, offers, redemptions and placements.

CREATE TABLE sales_channel (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  unit BLOB,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX sales_channel_code ON sales_channel (workspace, code);

-- How many numbers products have been given; its row orders those who take some.
CREATE TABLE product_counter (
  workspace BLOB NOT NULL,
  taken INTEGER NOT NULL,
  PRIMARY KEY (workspace)
) STRICT, WITHOUT ROWID;

-- `number` is small and dense, so that packed lists of products are short.
CREATE TABLE product (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  number INTEGER NOT NULL,
  sku TEXT NOT NULL,
  name TEXT NOT NULL,
  brand TEXT NOT NULL,
  department TEXT NOT NULL,
  category TEXT NOT NULL,
  kind TEXT NOT NULL,
  price_minor INTEGER,
  currency TEXT,
  attributes TEXT NOT NULL,
  archived INTEGER NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX product_sku ON product (workspace, sku);
CREATE UNIQUE INDEX product_number ON product (workspace, number);
CREATE INDEX product_category ON product (workspace, category);

CREATE TABLE sales_order (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  number TEXT NOT NULL,
  contact BLOB,
  sales_channel BLOB,
  at INTEGER NOT NULL,
  currency TEXT NOT NULL,
  total_minor INTEGER NOT NULL,
  discount_minor INTEGER NOT NULL,
  lines INTEGER NOT NULL,
  state TEXT NOT NULL,
  source TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX sales_order_number ON sales_order (workspace, number);
CREATE INDEX sales_order_contact ON sales_order (workspace, contact, at);
CREATE INDEX sales_order_at ON sales_order (workspace, at);

CREATE TABLE order_line (
  workspace BLOB NOT NULL,
  sales_order BLOB NOT NULL,
  line INTEGER NOT NULL,
  product BLOB NOT NULL,
  quantity REAL NOT NULL,
  amount_minor INTEGER NOT NULL,
  discount_minor INTEGER NOT NULL,
  PRIMARY KEY (workspace, sales_order, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_line_product ON order_line (workspace, product, sales_order);

CREATE TABLE offer (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  terms TEXT NOT NULL,
  starts_at INTEGER,
  ends_at INTEGER,
  budget_minor INTEGER,
  currency TEXT,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX offer_code ON offer (workspace, code);

CREATE TABLE offer_product (
  workspace BLOB NOT NULL,
  offer BLOB NOT NULL,
  product BLOB NOT NULL,
  PRIMARY KEY (workspace, offer, product)
) STRICT, WITHOUT ROWID;
CREATE INDEX offer_product_product ON offer_product (workspace, product);

CREATE TABLE redemption (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  number TEXT NOT NULL,
  offer BLOB NOT NULL,
  contact BLOB,
  campaign BLOB,
  sales_order BLOB,
  code TEXT NOT NULL,
  at INTEGER NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX redemption_number ON redemption (workspace, number);
CREATE INDEX redemption_offer ON redemption (workspace, offer, at);
CREATE INDEX redemption_contact ON redemption (workspace, contact, at);
CREATE INDEX redemption_campaign ON redemption (workspace, campaign, at);

-- Which products stood in a medium (mailer, display) at one sales channel from
-- `starts_at` to `ends_at`; `entries` is a packed list, read by sales alone.
CREATE TABLE placement (
  workspace BLOB NOT NULL,
  sales_channel BLOB NOT NULL,
  medium TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  products INTEGER NOT NULL,
  entries BLOB NOT NULL,
  PRIMARY KEY (workspace, sales_channel, medium, starts_at)
) STRICT, WITHOUT ROWID;
