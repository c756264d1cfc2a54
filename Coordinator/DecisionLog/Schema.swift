internal import GRDB

/// The tables of the decision log, and how older files become newer.
enum Schema {
    /// Written into `PRAGMA application_id`: `HFdl`.
    static let applicationID: Int64 = 0x4846_646C

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 orders and decisions") { database in
            try database.execute(sql: tables)
        }
        return migrator
    }

    // Order, outcome and evidence are bytes of the published wire format: this
    // module keeps them and does not look inside. What recovery, listings and
    // the audit need stands in columns, where constraints hold it.
    private static let tables = """
        CREATE TABLE meta (
            coordinator TEXT NOT NULL,
            epoch INTEGER NOT NULL CHECK (epoch >= 0),
            is_backup INTEGER NOT NULL DEFAULT 0 CHECK (is_backup IN (0, 1)),
            only_row INTEGER PRIMARY KEY CHECK (only_row = 1)
        ) STRICT;

        CREATE TABLE customer_order (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE CHECK (length(id) BETWEEN 1 AND 64),
            request BLOB NOT NULL,
            status TEXT NOT NULL
                CHECK (status IN ('confirmed', 'backordered', 'refused', 'cancelled')),
            outcome BLOB NOT NULL,
            evidence BLOB NOT NULL,
            cost_minor_units INTEGER,
            currency TEXT NOT NULL,
            received_at INTEGER NOT NULL,
            decided_at INTEGER NOT NULL,
            cancelled_at INTEGER,
            CHECK ((status = 'refused') = (cost_minor_units IS NULL)),
            CHECK ((status = 'cancelled') = (cancelled_at IS NOT NULL))
        ) STRICT;
        CREATE INDEX customer_order_by_status ON customer_order (status, number);

        -- Only decisions to confirm are written: absence means release.
        CREATE TABLE decision (
            tx INTEGER PRIMARY KEY CHECK (tx >= 0),
            order_number INTEGER NOT NULL UNIQUE REFERENCES customer_order (number),
            state TEXT NOT NULL CHECK (state IN ('confirming', 'cancelling', 'ended'))
        ) STRICT;
        CREATE INDEX decision_open ON decision (state) WHERE state <> 'ended';

        -- Where each site's history stood when it voted: evidence against amnesia.
        CREATE TABLE decision_share (
            tx INTEGER NOT NULL REFERENCES decision (tx),
            warehouse TEXT NOT NULL,
            mark_entry INTEGER NOT NULL CHECK (mark_entry >= 0),
            mark_chain INTEGER NOT NULL,
            PRIMARY KEY (tx, warehouse)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE decision_line (
            tx INTEGER NOT NULL,
            warehouse TEXT NOT NULL,
            sku TEXT NOT NULL,
            quantity INTEGER NOT NULL CHECK (quantity > 0),
            PRIMARY KEY (tx, warehouse, sku),
            FOREIGN KEY (tx, warehouse) REFERENCES decision_share (tx, warehouse)
        ) STRICT, WITHOUT ROWID;

        -- The newest mark of each site that was ever part of a decision.
        CREATE TABLE site_mark (
            warehouse TEXT PRIMARY KEY,
            entry INTEGER NOT NULL CHECK (entry >= 0),
            chain INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE webhook (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE CHECK (length(id) BETWEEN 1 AND 128),
            topic TEXT NOT NULL,
            shop TEXT NOT NULL,
            body BLOB NOT NULL,
            received_at INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'ignored', 'dead')),
            order_id TEXT,
            note TEXT NOT NULL DEFAULT '',
            tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0)
        ) STRICT;
        CREATE INDEX webhook_waiting ON webhook (tries, number) WHERE state = 'waiting';

        -- A decision is never taken back, and never changed but to be cancelled.
        CREATE TRIGGER decision_stays BEFORE DELETE ON decision BEGIN
            SELECT RAISE(ABORT, 'a decision is never deleted');
        END;
        CREATE TRIGGER decision_moves_forward BEFORE UPDATE ON decision
        WHEN NEW.tx <> OLD.tx OR NEW.order_number <> OLD.order_number
            OR (OLD.state = 'cancelling' AND NEW.state = 'confirming')
            OR (OLD.state = 'ended' AND NEW.state = 'confirming')
        BEGIN
            SELECT RAISE(ABORT, 'a decision only moves forward');
        END;
        CREATE TRIGGER order_stays_decided BEFORE UPDATE ON customer_order
        WHEN NEW.id <> OLD.id OR NEW.request <> OLD.request OR NEW.evidence <> OLD.evidence
            OR (NEW.outcome <> OLD.outcome AND NEW.status = OLD.status)
            OR NOT (NEW.status = OLD.status
                OR (NEW.status = 'cancelled' AND OLD.status IN ('confirmed', 'backordered')))
        BEGIN
            SELECT RAISE(ABORT, 'a decided order can only be cancelled');
        END;
        CREATE TRIGGER order_is_kept BEFORE DELETE ON customer_order BEGIN
            SELECT RAISE(ABORT, 'a decided order is never deleted');
        END;

        -- What a site promised is evidence: it stays as it was voted.
        CREATE TRIGGER share_stays BEFORE UPDATE ON decision_share BEGIN
            SELECT RAISE(ABORT, 'a share is never changed');
        END;
        CREATE TRIGGER share_is_kept BEFORE DELETE ON decision_share BEGIN
            SELECT RAISE(ABORT, 'a share is never deleted');
        END;
        CREATE TRIGGER line_stays BEFORE UPDATE ON decision_line BEGIN
            SELECT RAISE(ABORT, 'a line is never changed');
        END;
        CREATE TRIGGER line_is_kept BEFORE DELETE ON decision_line BEGIN
            SELECT RAISE(ABORT, 'a line is never deleted');
        END;
        """
}
