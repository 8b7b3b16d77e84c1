-- What finished campaigns taught. `channels` and `tags` are words parted by
-- commas; `figures` the numbers a lesson rests on, as they were when it was drafted.

CREATE TABLE lesson (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  campaign BLOB,
  unit BLOB,
  state TEXT NOT NULL,
  objective TEXT NOT NULL,
  kind TEXT NOT NULL,
  channels TEXT NOT NULL,
  month INTEGER,
  tags TEXT NOT NULL,
  title_en TEXT NOT NULL,
  text_en TEXT NOT NULL,
  title_zh TEXT NOT NULL,
  text_zh TEXT NOT NULL,
  figures TEXT NOT NULL,
  kept_by TEXT,
  kept_at INTEGER,
  version INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX lesson_campaign ON lesson (workspace, campaign);
