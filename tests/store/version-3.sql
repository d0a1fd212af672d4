ALTER TABLE library ADD COLUMN service TEXT;         -- the service that knows its ids
ALTER TABLE library ADD COLUMN voice_id TEXT;
ALTER TABLE library ADD COLUMN instrumental_id TEXT;
ALTER TABLE library ADD COLUMN duration_ms INTEGER;
ALTER TABLE library ADD COLUMN key_print TEXT;       -- fingerprint of the key that its ids belong to
ALTER TABLE library ADD COLUMN content TEXT;         -- SHA-256 of the person's file, and the part of it
ALTER TABLE library ADD COLUMN file TEXT;            -- the person's file, as it was named
ALTER TABLE library ADD COLUMN part TEXT;            -- JSON: the part of it
ALTER TABLE library ADD COLUMN recording TEXT;       -- the name of the frozen copy, while it is kept
ALTER TABLE library ADD COLUMN refused TEXT;         -- why the service no longer takes its ids
ALTER TABLE library ADD COLUMN upload TEXT;          -- `waiting`, `sending`, `failed`; nothing once it has ids
ALTER TABLE library ADD COLUMN upload_sent INTEGER NOT NULL DEFAULT 0;   -- bytes
ALTER TABLE library ADD COLUMN upload_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE library ADD COLUMN upload_message TEXT;
ALTER TABLE library ADD COLUMN upload_tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE library ADD COLUMN upload_due INTEGER;
ALTER TABLE library ADD COLUMN upload_force INTEGER NOT NULL DEFAULT 0;  -- what a person insists on, by bits
ALTER TABLE library ADD COLUMN upload_since INTEGER; -- when a person last asked for it
CREATE INDEX library_uploads ON library (service) WHERE upload IS NOT NULL;
CREATE INDEX library_content ON library (content) WHERE content IS NOT NULL;

CREATE TABLE meanings (                 -- values of settings, and the reference that each means
  value     TEXT NOT NULL,
  reference INTEGER NOT NULL,
  PRIMARY KEY (value, reference)
) STRICT, WITHOUT ROWID;
CREATE INDEX meanings_of ON meanings (reference);
INSERT INTO meanings SELECT url, id FROM library WHERE url IS NOT NULL;
CREATE TRIGGER library_means AFTER INSERT ON library WHEN NEW.purpose = 'url' AND NEW.url IS NOT NULL BEGIN
  INSERT OR IGNORE INTO meanings VALUES (NEW.url, NEW.id);
END;
CREATE TRIGGER library_forgets AFTER DELETE ON library BEGIN
  DELETE FROM meanings WHERE reference = OLD.id;
END;

CREATE TABLE uses (                     -- values of settings, and the takes that were made with each
  value TEXT NOT NULL,
  take  INTEGER NOT NULL,
  PRIMARY KEY (value, take)
) STRICT, WITHOUT ROWID;
CREATE INDEX uses_of ON uses (take);
INSERT INTO uses SELECT reference, id FROM takes WHERE reference IS NOT NULL;
CREATE TRIGGER takes_use AFTER INSERT ON takes WHEN NEW.reference IS NOT NULL BEGIN
  INSERT OR IGNORE INTO uses VALUES (NEW.reference, NEW.id);
END;
CREATE TRIGGER takes_withdrawn AFTER DELETE ON takes BEGIN
  DELETE FROM uses WHERE take = OLD.id;
END;
