CREATE TABLE IF NOT EXISTS $table
(
    project      LowCardinality(String),
    id           UUID, -- the record's: what makes a repeat harmless
    type         LowCardinality(String), -- track, identify, page, screen, group, alias
    name         LowCardinality(String),
    uid          String,
    anonymous_id String, -- where the record named a user as well
    session      String,
    grp          String,
    message_id   String, -- the client's own
    ts           DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    received_at  DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    props        String CODEC(ZSTD), -- properties or traits, JSON
    ctx          String CODEC(ZSTD) -- JSON
)
ENGINE = ReplacingMergeTree(received_at)
PARTITION BY toYYYYMM(ts)
ORDER BY (project, toDate(ts), name, cityHash64(uid), id)
SETTINGS non_replicated_deduplication_window = 1000
