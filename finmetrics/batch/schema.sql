-- The store of a nightly job. The columns of figures that describe a figure come from finmetrics/output/columns.py.
--
-- History: a row is true from the end of run `from_run` to the end of run `to_run` (exclusive); `to_run` is null for
-- what is true now. Of a run that has not ended nothing counts yet: read through the views.

CREATE TABLE runs (
    run INTEGER PRIMARY KEY,
    began TEXT NOT NULL,
    ended TEXT,
    rules TEXT NOT NULL,
    summary TEXT
);

-- Every version of the rules that figures come from, as compressed JSON: a rebuild asks what has changed since.
CREATE TABLE rules (
    rules TEXT PRIMARY KEY,
    engine TEXT NOT NULL,
    entries BLOB NOT NULL
) WITHOUT ROWID;

-- Files as last read. `signature` is null where the next run has to look at the content again.
CREATE TABLE files (
    file TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    signature TEXT,
    content BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE documents (
    version INTEGER PRIMARY KEY,
    file TEXT NOT NULL,
    doc_id TEXT NOT NULL,
    content BLOB NOT NULL,
    title TEXT,
    published TEXT,
    source TEXT,
    characters INTEGER NOT NULL,
    unresolved INTEGER NOT NULL,
    rules TEXT NOT NULL,
    from_run INTEGER NOT NULL,
    to_run INTEGER
);
CREATE UNIQUE INDEX documents_now ON documents (file, doc_id) WHERE to_run IS NULL;
CREATE INDEX documents_in_order ON documents (file, doc_id);
CREATE INDEX documents_from ON documents (from_run);
CREATE INDEX documents_to ON documents (to_run) WHERE to_run IS NOT NULL;

-- `place` is the document, or the line of a feed.
CREATE TABLE failures (
    id INTEGER PRIMARY KEY,
    file TEXT NOT NULL,
    place TEXT NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    content BLOB NOT NULL,
    rules TEXT NOT NULL,
    from_run INTEGER NOT NULL,
    to_run INTEGER
);
CREATE UNIQUE INDEX failures_now ON failures (file, place) WHERE to_run IS NULL;

-- Banks and metrics, and the run that first saw them.
CREATE TABLE first_seen (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    run INTEGER NOT NULL,
    PRIMARY KEY (kind, value)
) WITHOUT ROWID;

CREATE VIEW last_run AS SELECT max(run) AS run FROM runs WHERE ended IS NOT NULL;
CREATE VIEW current_documents AS
    SELECT d.* FROM documents d, last_run n WHERE d.from_run <= n.run AND (d.to_run IS NULL OR d.to_run > n.run);
CREATE VIEW current_figures AS
    SELECT d.doc_id, d.source, d.title, d.published, f.* FROM current_documents d JOIN figures f USING (version);
CREATE VIEW current_failures AS
    SELECT x.* FROM failures x, last_run n WHERE x.from_run <= n.run AND (x.to_run IS NULL OR x.to_run > n.run);
