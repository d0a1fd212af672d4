//! The steps from nothing to the tables of today, one for each version.
//!
//! A step only ever adds: a screen of the older refrain that is still open goes on reading and writing.

use crate::store::history;

/// What each version added to the one before.
pub(super) const STEPS: [&[&str]; 4] = [&[FIRST], &[SECOND, history::TABLES], &[THIRD], &[FOURTH]];

const FIRST: &str = "
CREATE TABLE counter (one INTEGER PRIMARY KEY CHECK (one = 1), rev INTEGER NOT NULL) STRICT;
INSERT INTO counter VALUES (1, 0);

CREATE TABLE songs (
  id      INTEGER PRIMARY KEY,
  title   TEXT NOT NULL CHECK (title <> ''),
  folder  TEXT UNIQUE COLLATE NOCASE,  -- the folder's name, once something was ordered
  created INTEGER NOT NULL,            -- all times: milliseconds since 1970, UTC
  touched INTEGER NOT NULL,
  opened  INTEGER NOT NULL,
  rev     INTEGER NOT NULL
) STRICT;

CREATE TABLE drafts (
  song     INTEGER PRIMARY KEY REFERENCES songs (id),
  revision INTEGER NOT NULL,
  draft    TEXT NOT NULL,              -- JSON
  saved    INTEGER NOT NULL,
  writer   TEXT NOT NULL,
  rev      INTEGER NOT NULL
) STRICT;

CREATE TABLE versions (
  id     INTEGER PRIMARY KEY,
  song   INTEGER NOT NULL REFERENCES songs (id),
  at     INTEGER NOT NULL,
  origin TEXT NOT NULL,                -- `kept`, `ordered`, `from the screen on pts/3`
  draft  TEXT NOT NULL
) STRICT;
CREATE INDEX versions_of_song ON versions (song, at);

CREATE TABLE takes (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  song            INTEGER NOT NULL REFERENCES songs (id),
  take            INTEGER NOT NULL,
  service         TEXT NOT NULL,
  model           TEXT NOT NULL,
  status          TEXT NOT NULL,
  why             TEXT,
  message         TEXT,
  request_tag     TEXT NOT NULL UNIQUE,
  remote_id       TEXT,
  service_request TEXT,
  draft           TEXT NOT NULL,       -- JSON, frozen
  request         TEXT NOT NULL,       -- JSON, frozen: exactly the body
  reference       TEXT,                -- the draft's address of a recording, for counting
  origin          INTEGER REFERENCES takes (id) ON DELETE SET NULL,
  folder          TEXT NOT NULL,
  key_print       TEXT,
  created         INTEGER NOT NULL,
  meant           INTEGER NOT NULL,    -- when a person last said that it should be bought
  place           REAL NOT NULL,       -- order among the unsent
  sent            INTEGER,
  finished        INTEGER,
  due             INTEGER,
  usual           INTEGER NOT NULL,    -- seconds
  sends           INTEGER NOT NULL DEFAULT 0,  -- requests that the service answered with 429
  failures        INTEGER NOT NULL DEFAULT 0,  -- questions in a row that went unanswered
  audio_url       TEXT,                -- signed: never shown, never logged
  file            TEXT,
  duration_ms     INTEGER,
  received        INTEGER NOT NULL DEFAULT 0,
  expected        INTEGER,
  credits         REAL,
  usd             REAL,
  heard           INTEGER NOT NULL DEFAULT 0,
  rating          INTEGER NOT NULL DEFAULT 0 CHECK (rating BETWEEN 0 AND 5),
  pick            INTEGER NOT NULL DEFAULT 0,
  note            TEXT NOT NULL DEFAULT '',
  hidden          INTEGER NOT NULL DEFAULT 0,
  rev             INTEGER NOT NULL,
  UNIQUE (song, take)
) STRICT;
CREATE INDEX takes_rev ON takes (rev);
CREATE INDEX takes_live ON takes (status, service);
CREATE INDEX takes_place ON takes (place);
CREATE INDEX takes_created ON takes (created);
CREATE INDEX takes_reference ON takes (reference) WHERE reference IS NOT NULL;

CREATE TABLE library (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  name    TEXT NOT NULL,
  purpose TEXT NOT NULL,
  url     TEXT,
  note    TEXT NOT NULL DEFAULT '',
  created INTEGER NOT NULL,
  rev     INTEGER NOT NULL
) STRICT;

CREATE TABLE facts (
  service TEXT NOT NULL,
  name    TEXT NOT NULL,
  value   REAL NOT NULL,
  at      INTEGER NOT NULL,
  rev     INTEGER NOT NULL,
  PRIMARY KEY (service, name)
) STRICT;

CREATE TABLE workers (
  service TEXT PRIMARY KEY,
  pid     INTEGER NOT NULL,
  started INTEGER NOT NULL,
  version TEXT NOT NULL
) STRICT;

CREATE TABLE screens (
  terminal TEXT PRIMARY KEY,           -- `pts/3`
  left_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE tombstones (
  kind TEXT NOT NULL,
  id   INTEGER NOT NULL,
  rev  INTEGER NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT;
";

/// What is known of a service is kept by topic, with when it was asked and why it did not answer; what the
/// old table of facts holds is carried over, and the table stays for screens that read it.
///
/// Of a take: the name of an order that is meant once; when it was made, for the history of how long such
/// takes need; and what was expected of it when it was ordered.
const SECOND: &str = "
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
";

/// Of a reference: the ids that a service gave it, the recording it was made from, and its upload.
///
/// A frozen recording that is not uploaded stands with the purpose `url` and without an address, as older
/// screens know no other purpose for it. What a value of a setting means, and which take was made with it,
/// stands in tables of its own: a reference that was uploaded again has had several ids. What references were called
/// when a take was ordered stands in its frozen draft, where older screens pass over it.
const THIRD: &str = "
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
";

/// Of a take: when and how often it was looked for in the service's log, whether it was ordered elsewhere, and how often
/// its file was no song or not there: a line that breaks counts for neither. Of a topic: since when a person wants to
/// know.
///
/// What the account made and no take of this store is, stands in a table of its own: nobody ordered it here, so it
/// is no take until a person says so.
const FOURTH: &str = "
ALTER TABLE takes ADD COLUMN looked INTEGER;                     -- when it was last looked for
ALTER TABLE takes ADD COLUMN looks INTEGER NOT NULL DEFAULT 0;   -- how often, without a trace
ALTER TABLE takes ADD COLUMN sought INTEGER;                     -- until when it is
ALTER TABLE takes ADD COLUMN adopted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE takes ADD COLUMN unread INTEGER NOT NULL DEFAULT 0;  -- fetches whose bytes could not be read as a song
ALTER TABLE takes ADD COLUMN expired INTEGER NOT NULL DEFAULT 0; -- fetches from the one address there is, no longer good
CREATE INDEX takes_sought ON takes (service) WHERE status = 'unknown' AND due IS NOT NULL;

CREATE TABLE strays (
  service      TEXT NOT NULL,
  inference_id TEXT NOT NULL,
  tag          TEXT,
  model        TEXT NOT NULL,          -- as the service calls it
  created      INTEGER,                -- when the service says that it was ordered
  usd          REAL,
  credits      REAL,
  status       TEXT,                   -- the service's word for it
  take         INTEGER,                -- the take that was made of it
  seen         INTEGER NOT NULL,       -- when it was last in the log
  rev          INTEGER NOT NULL,
  PRIMARY KEY (service, inference_id)
) STRICT, WITHOUT ROWID;

ALTER TABLE topics ADD COLUMN since INTEGER;                     -- from when on it is wanted
";
