-- Sales channels, products, orders, offers, redemptions and placements.

CREATE TABLE sales_channel (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  unit UUID,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX sales_channel_code ON sales_channel (workspace, code);

-- How many numbers products have been given; its row orders those who take some.
CREATE TABLE product_counter (
  workspace UUID NOT NULL,
  taken BIGINT NOT NULL,
  PRIMARY KEY (workspace)
);

-- `number` is small and dense, so that packed lists of products are short.
CREATE TABLE product (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  number BIGINT NOT NULL,
  sku TEXT NOT NULL,
  name TEXT NOT NULL,
  brand TEXT NOT NULL,
  department TEXT NOT NULL,
  category TEXT NOT NULL,
  kind TEXT NOT NULL,
  price_minor BIGINT,
  currency TEXT,
  attributes TEXT NOT NULL,
  archived BOOLEAN NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX product_sku ON product (workspace, sku);
CREATE UNIQUE INDEX product_number ON product (workspace, number);
CREATE INDEX product_category ON product (workspace, category);

CREATE TABLE sales_order (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  number TEXT NOT NULL,
  contact UUID,
  sales_channel UUID,
  at BIGINT NOT NULL,
  currency TEXT NOT NULL,
  total_minor BIGINT NOT NULL,
  discount_minor BIGINT NOT NULL,
  lines BIGINT NOT NULL,
  state TEXT NOT NULL,
  source TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX sales_order_number ON sales_order (workspace, number);
CREATE INDEX sales_order_contact ON sales_order (workspace, contact, at);
CREATE INDEX sales_order_at ON sales_order (workspace, at);

CREATE TABLE order_line (
  workspace UUID NOT NULL,
  sales_order UUID NOT NULL,
  line BIGINT NOT NULL,
  product UUID NOT NULL,
  quantity DOUBLE PRECISION NOT NULL,
  amount_minor BIGINT NOT NULL,
  discount_minor BIGINT NOT NULL,
  PRIMARY KEY (workspace, sales_order, line)
);
CREATE INDEX order_line_product ON order_line (workspace, product, sales_order);

CREATE TABLE offer (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  terms TEXT NOT NULL,
  starts_at BIGINT,
  ends_at BIGINT,
  budget_minor BIGINT,
  currency TEXT,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX offer_code ON offer (workspace, code);

CREATE TABLE offer_product (
  workspace UUID NOT NULL,
  offer UUID NOT NULL,
  product UUID NOT NULL,
  PRIMARY KEY (workspace, offer, product)
);
CREATE INDEX offer_product_product ON offer_product (workspace, product);

CREATE TABLE redemption (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  number TEXT NOT NULL,
  offer UUID NOT NULL,
  contact UUID,
  campaign UUID,
  sales_order UUID,
  code TEXT NOT NULL,
  at BIGINT NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX redemption_number ON redemption (workspace, number);
CREATE INDEX redemption_offer ON redemption (workspace, offer, at);
CREATE INDEX redemption_contact ON redemption (workspace, contact, at);
CREATE INDEX redemption_campaign ON redemption (workspace, campaign, at);

-- Which products stood in a medium (mailer, display) at one sales channel from
-- `starts_at` to `ends_at`; `entries` is a packed list, read by sales alone.
CREATE TABLE placement (
  workspace UUID NOT NULL,
  sales_channel UUID NOT NULL,
  medium TEXT NOT NULL,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  products BIGINT NOT NULL,
  entries BYTEA NOT NULL,
  PRIMARY KEY (workspace, sales_channel, medium, starts_at)
);
