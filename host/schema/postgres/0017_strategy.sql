-- What finished campaigns taught. `channels` and `tags` are words parted by
-- commas; `figures` the numbers a lesson rests on, as they were when it was drafted.

CREATE TABLE lesson (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  campaign UUID,
  unit UUID,
  state TEXT NOT NULL,
  objective TEXT NOT NULL,
  kind TEXT NOT NULL,
  channels TEXT NOT NULL,
  month BIGINT,
  tags TEXT NOT NULL,
  title_en TEXT NOT NULL,
  text_en TEXT NOT NULL,
  title_zh TEXT NOT NULL,
  text_zh TEXT NOT NULL,
  figures TEXT NOT NULL,
  kept_by TEXT,
  kept_at BIGINT,
  version BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE INDEX lesson_campaign ON lesson (workspace, campaign);
