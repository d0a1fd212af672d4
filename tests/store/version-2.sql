CREATE TABLE topics (
  service TEXT NOT NULL,
  topic   TEXT NOT NULL,               -- `balance`, `prices`, `paces`
  said    TEXT,                        -- JSON: what the service last said, if it ever did
  at      INTEGER,                     -- when it last said so, or that nothing had changed
  etag    TEXT,                        -- what to ask `nothing new since?` with
  asked   INTEGER,                     -- when it was last asked
  failed  TEXT,                        -- why the last question went unanswered: a sentence
  wanted  INTEGER,                     -- since when a person wants to know; gone once it was asked
  rev     INTEGER NOT NULL,
  PRIMARY KEY (service, topic)
) STRICT;
INSERT INTO topics (service, topic, said, at, asked, rev)
  SELECT service, name, json_object('usd', value), at, at, rev FROM facts WHERE name = 'balance';

ALTER TABLE takes ADD COLUMN once TEXT;          -- the name of the order; several takes of one bear the same
CREATE INDEX takes_once ON takes (service, once) WHERE once IS NOT NULL;

ALTER TABLE takes ADD COLUMN made INTEGER;       -- when the service was first known to have made it
CREATE INDEX takes_paces ON takes (service, model, sent, made, finished) WHERE status = 'saved';

ALTER TABLE takes ADD COLUMN usual_from TEXT;    -- who says that `usual` is usual
ALTER TABLE takes ADD COLUMN late_after INTEGER; -- seconds after which it is late
ALTER TABLE takes ADD COLUMN price REAL;         -- US dollars that it was expected to cost

CREATE TABLE steps (
  id          INTEGER PRIMARY KEY,
  take        INTEGER NOT NULL,        -- the row may be gone
  song        INTEGER NOT NULL,
  number      INTEGER NOT NULL,
  service     TEXT NOT NULL,
  model       TEXT NOT NULL,
  at          INTEGER NOT NULL,
  was         TEXT,                    -- the status before; none where it was ordered
  status      TEXT,                    -- none where it was taken back
  why         TEXT,
  message     TEXT,
  request_tag TEXT NOT NULL,
  remote_id   TEXT,
  file        TEXT
) STRICT;
CREATE INDEX steps_of_take ON steps (take, id);
CREATE INDEX steps_at ON steps (at);

INSERT INTO steps (take, song, number, service, model, at, was, status, why, message, request_tag, remote_id, file)
SELECT id, song, take, service, model, at, was, status, why, message, request_tag, remote_id, file FROM (
  SELECT 1 AS part, created AS at, NULL AS was, 'ordered' AS status, NULL AS why, NULL AS message, NULL AS remote_id,
         NULL AS file, id, song, take, service, model, request_tag
  FROM takes
  UNION ALL
  SELECT 2, sent, 'ordered', 'sending', NULL, NULL, NULL, NULL, id, song, take, service, model, request_tag
  FROM takes WHERE sent IS NOT NULL
  UNION ALL
  SELECT 3, coalesce(finished, sent, created), iif(sent IS NULL, 'ordered', 'sending'), status, why, message, remote_id,
         file, id, song, take, service, model, request_tag
  FROM takes WHERE status NOT IN ('ordered', 'sending')
) ORDER BY at, id, part;

CREATE TRIGGER step_ordered AFTER INSERT ON takes BEGIN
  INSERT INTO steps (take, song, number, service, model, at, was, status, why, message, request_tag, remote_id, file)
  VALUES (NEW.id, NEW.song, NEW.take, NEW.service, NEW.model, CAST(unixepoch('subsec') * 1000 AS INTEGER), NULL, NEW.status,
          NEW.why, NEW.message, NEW.request_tag, NEW.remote_id, NEW.file);
END;
CREATE TRIGGER step_taken AFTER UPDATE OF status, why, message, request_tag, remote_id, file ON takes
WHEN NEW.status IS NOT OLD.status OR NEW.why IS NOT OLD.why OR NEW.message IS NOT OLD.message
  OR NEW.request_tag IS NOT OLD.request_tag OR NEW.remote_id IS NOT OLD.remote_id OR NEW.file IS NOT OLD.file
BEGIN
  INSERT INTO steps (take, song, number, service, model, at, was, status, why, message, request_tag, remote_id, file)
  VALUES (NEW.id, NEW.song, NEW.take, NEW.service, NEW.model, CAST(unixepoch('subsec') * 1000 AS INTEGER), OLD.status, NEW.status,
          NEW.why, NEW.message, NEW.request_tag, NEW.remote_id, NEW.file);
END;
CREATE TRIGGER step_back AFTER DELETE ON takes BEGIN
  INSERT INTO steps (take, song, number, service, model, at, was, status, request_tag)
  VALUES (OLD.id, OLD.song, OLD.take, OLD.service, OLD.model, CAST(unixepoch('subsec') * 1000 AS INTEGER), OLD.status, NULL,
          OLD.request_tag);
END;
