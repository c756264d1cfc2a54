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
        migrator.registerMigration("2 recovery") { database in
            try database.execute(sql: recovery)
        }
        migrator.registerMigration("3 records") { database in
            try database.execute(sql: records)
        }
        migrator.registerMigration("4 overrides") { database in
            try database.execute(sql: overrides)
        }
        migrator.registerMigration("5 rules") { database in
            try database.execute(sql: rules)
        }
        migrator.registerMigration("6 leases") { database in
            try database.execute(sql: leases)
        }
        migrator.registerMigration("7 alerts") { database in
            try database.execute(sql: alerts)
        }
        migrator.registerMigration("8 shipments") { database in
            try database.execute(sql: shipments)
        }
        migrator.registerMigration("9 resourcing") { database in
            try database.execute(sql: resourcing)
        }
        migrator.registerMigration("10 waiting") { database in
            try database.execute(sql: waiting)
        }
        migrator.registerMigration("11 refused picks") { database in
            try database.execute(sql: refusedPicks)
        }
        migrator.registerMigration("12 departures") { database in
            try database.execute(sql: departures)
        }
        migrator.registerMigration("13 dates") { database in
            try database.execute(sql: dates)
        }
        migrator.registerMigration("14 changed orders") { database in
            try database.execute(sql: changedOrders)
        }
        migrator.registerMigration("15 lots") { database in
            try database.execute(sql: lots)
        }
        migrator.registerMigration("16 events") { database in
            try database.execute(sql: events)
        }
        return migrator
    }

    // What has happened, for whoever follows it; written by triggers, so that no statement that
    // changes an order or an alert can forget it. What was before has no events.
    private static let events = """
        CREATE TABLE event (
            number INTEGER PRIMARY KEY,
            -- Of the start of the coordinator in which it was written.
            epoch INTEGER NOT NULL REFERENCES start (epoch),
            kind TEXT NOT NULL,
            order_number INTEGER REFERENCES customer_order (number),
            alert INTEGER REFERENCES alert (number),
            warehouse TEXT,
            CHECK ((order_number IS NULL) <> (alert IS NULL))
        ) STRICT;
        CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN
            SELECT RAISE(ABORT, 'an event is never changed');
        END;
        CREATE TRIGGER event_is_kept BEFORE DELETE ON event BEGIN
            SELECT RAISE(ABORT, 'an event is never deleted');
        END;

        CREATE TRIGGER event_of_an_order AFTER INSERT ON customer_order BEGIN
            INSERT INTO event (epoch, kind, order_number)
            SELECT max(epoch), 'order.' || NEW.status, NEW.number FROM start;
        END;
        CREATE TRIGGER event_of_a_change AFTER UPDATE OF status, outcome ON customer_order
        WHEN NEW.status <> OLD.status OR NEW.outcome <> OLD.outcome BEGIN
            INSERT INTO event (epoch, kind, order_number)
            SELECT max(epoch), 'order.' || iif(NEW.status = OLD.status, 'changed', NEW.status),
                NEW.number
            FROM start;
        END;
        CREATE TRIGGER event_of_a_shipment AFTER INSERT ON shipment BEGIN
            INSERT INTO event (epoch, kind, order_number, warehouse)
            SELECT (SELECT max(epoch) FROM start), 'order.shipped', order_number, NEW.warehouse
            FROM decision WHERE tx = NEW.tx;
        END;
        CREATE TRIGGER event_of_a_refused_pick AFTER INSERT ON pick_refusal BEGIN
            INSERT INTO event (epoch, kind, order_number, warehouse)
            SELECT (SELECT max(epoch) FROM start), 'order.pick-refused', order_number, NEW.warehouse
            FROM decision WHERE tx = NEW.tx;
        END;
        CREATE TRIGGER event_of_a_date AFTER INSERT ON date_change BEGIN
            INSERT INTO event (epoch, kind, order_number)
            SELECT max(epoch), 'order.dated', NEW.order_number FROM start;
        END;
        CREATE TRIGGER event_of_an_alert AFTER INSERT ON alert BEGIN
            INSERT INTO event (epoch, kind, alert)
            SELECT max(epoch), iif(NEW.state = 'open', 'alert.opened', 'alert.' || NEW.state),
                NEW.number
            FROM start;
        END;
        CREATE TRIGGER event_of_an_alerts_step AFTER UPDATE OF state ON alert
        WHEN NEW.state <> OLD.state BEGIN
            INSERT INTO event (epoch, kind, alert)
            SELECT max(epoch), 'alert.' || NEW.state, NEW.number FROM start;
        END;
        """

    // What an order asks for may change with a decision that takes another's place. What it was is
    // kept with that one, like its plan.
    private static let changedOrders = """
        DROP TRIGGER resourcing_stays;
        ALTER TABLE resourcing ADD COLUMN request BLOB;
        UPDATE resourcing SET request = (
            SELECT o.request FROM decision AS d JOIN customer_order AS o
                ON o.number = d.order_number
            WHERE d.tx = resourcing.replaced);
        CREATE TRIGGER resourcing_stays BEFORE UPDATE ON resourcing BEGIN
            SELECT RAISE(ABORT, 'what was superseded is never changed');
        END;
        CREATE TRIGGER resourcing_keeps_the_order BEFORE INSERT ON resourcing
        WHEN NEW.request IS NOT (
            SELECT o.request FROM decision AS d JOIN customer_order AS o
                ON o.number = d.order_number
            WHERE d.tx = NEW.replaced)
        BEGIN
            SELECT RAISE(ABORT, 'what was superseded is kept with the order as it was');
        END;

        DROP TRIGGER order_stays_decided;
        CREATE TRIGGER order_stays_decided BEFORE UPDATE ON customer_order
        WHEN NEW.id <> OLD.id
            OR (NOT EXISTS (
                    -- What it was is kept with the decision that was superseded.
                    SELECT 1 FROM resourcing AS r JOIN decision AS d ON d.tx = r.replaced
                    WHERE d.order_number = OLD.number AND r.outcome = OLD.outcome
                        AND r.evidence = OLD.evidence AND r.request = OLD.request)
                AND (NEW.evidence <> OLD.evidence OR NEW.request <> OLD.request
                    OR (NEW.outcome <> OLD.outcome AND NEW.status = OLD.status)
                    OR NEW.status NOT IN (OLD.status, 'cancelled')))
            OR NOT (NEW.status = OLD.status
                OR (NEW.status IN ('cancelled', 'confirmed', 'backordered')
                    AND OLD.status IN ('confirmed', 'backordered')))
        BEGIN
            SELECT RAISE(ABORT,
                'a decided order can only be cancelled, changed or sourced again');
        END;
        """

    // What sites could not pick of the decisions that they share, as they told: once, for good.
    // What is asked of a SKU's lots, whoever buys it; and picks refused because a lot has expired.
    private static let lots = """
        ALTER TABLE sku_profile ADD COLUMN lot_life_days INTEGER
            CHECK (lot_life_days BETWEEN 0 AND 36500);
        ALTER TABLE sku_profile ADD COLUMN lot_certificates TEXT NOT NULL DEFAULT '';
        ALTER TABLE sku_profile ADD COLUMN single_lot INTEGER NOT NULL DEFAULT 0
            CHECK (single_lot IN (0, 1));

        DROP TRIGGER pick_refusal_stays;
        DROP TRIGGER pick_refusal_is_kept;
        ALTER TABLE pick_refusal RENAME TO pick_refusal_before;
        CREATE TABLE pick_refusal (
            tx INTEGER NOT NULL,
            warehouse TEXT NOT NULL,
            at INTEGER NOT NULL,
            sku TEXT NOT NULL CHECK (length(sku) > 0),
            lot TEXT NOT NULL,
            quantity INTEGER NOT NULL CHECK (quantity > 0),
            reason TEXT NOT NULL CHECK (reason IN ('damaged', 'not-found', 'expired')),
            who TEXT NOT NULL CHECK (length(who) > 0),
            PRIMARY KEY (tx, warehouse, at),
            FOREIGN KEY (tx, warehouse) REFERENCES decision_share (tx, warehouse),
            CHECK (reason <> 'expired' OR lot <> '')
        ) STRICT, WITHOUT ROWID;
        INSERT INTO pick_refusal SELECT * FROM pick_refusal_before;
        DROP TABLE pick_refusal_before;
        CREATE TRIGGER pick_refusal_stays BEFORE UPDATE ON pick_refusal BEGIN
            SELECT RAISE(ABORT, 'a refused pick is never changed');
        END;
        CREATE TRIGGER pick_refusal_is_kept BEFORE DELETE ON pick_refusal BEGIN
            SELECT RAISE(ABORT, 'a refused pick is never deleted');
        END;

        """

    private static let refusedPicks = """
        CREATE TABLE pick_refusal (
            tx INTEGER NOT NULL,
            warehouse TEXT NOT NULL,
            at INTEGER NOT NULL,
            sku TEXT NOT NULL CHECK (length(sku) > 0),
            lot TEXT NOT NULL,
            quantity INTEGER NOT NULL CHECK (quantity > 0),
            reason TEXT NOT NULL CHECK (reason IN ('damaged', 'not-found')),
            who TEXT NOT NULL CHECK (length(who) > 0),
            PRIMARY KEY (tx, warehouse, at),
            FOREIGN KEY (tx, warehouse) REFERENCES decision_share (tx, warehouse)
        ) STRICT, WITHOUT ROWID;

        CREATE TRIGGER pick_refusal_stays BEFORE UPDATE ON pick_refusal BEGIN
            SELECT RAISE(ABORT, 'a refused pick is never changed');
        END;
        CREATE TRIGGER pick_refusal_is_kept BEFORE DELETE ON pick_refusal BEGIN
            SELECT RAISE(ABORT, 'a refused pick is never deleted');
        END;
        """

    // Until when the first part of an order in force was to leave, in milliseconds since 1970,
    // while any of its parts has not left. It follows from the outcome, and is written and ends
    // with it.
    private static let departures = """
        CREATE TABLE departure (
            order_number INTEGER PRIMARY KEY REFERENCES customer_order (number),
            leaves_by INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX departure_by_time ON departure (leaves_by, order_number);

        CREATE TRIGGER departures_end AFTER UPDATE OF status, outcome ON customer_order BEGIN
            DELETE FROM departure WHERE order_number = NEW.number;
        END;
        CREATE TRIGGER all_has_left AFTER INSERT ON shipment
        WHEN NOT EXISTS (
            SELECT 1 FROM decision_share AS s WHERE s.tx = NEW.tx AND NOT EXISTS (
                SELECT 1 FROM shipment AS l WHERE l.tx = s.tx AND l.warehouse = s.warehouse))
        BEGIN
            DELETE FROM departure WHERE order_number = (
                SELECT order_number FROM decision
                WHERE tx = NEW.tx AND superseded_by IS NULL);
        END;
        """

    // By which days what waits is expected: the receipts of which sites have told, and what of them
    // is whose. It follows from what waits and what is on its way, and is kept because customers
    // are told of it; how the days have moved stays when the order waits no more.
    private static let dates = """
        -- The only warehouses that may ship what waits, a line each; NULL for any.
        ALTER TABLE waiting_order ADD COLUMN sites TEXT;

        CREATE TABLE inbound_receipt (
            sku TEXT NOT NULL CHECK (length(sku) BETWEEN 1 AND 64),
            warehouse TEXT NOT NULL,
            receipt TEXT NOT NULL CHECK (length(receipt) BETWEEN 1 AND 64),
            quantity INTEGER NOT NULL CHECK (quantity > 0),
            -- Days since 1970.
            expected INTEGER NOT NULL,
            leaves INTEGER,
            PRIMARY KEY (sku, warehouse, receipt)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE waiting_part (
            order_number INTEGER NOT NULL
                REFERENCES waiting_order (order_number) ON DELETE CASCADE,
            -- 'expected' now, or as it was 'told' where that was sooner.
            standing TEXT NOT NULL CHECK (standing IN ('expected', 'told')),
            number INTEGER NOT NULL CHECK (number >= 0),
            line INTEGER NOT NULL CHECK (line >= 0),
            sku TEXT NOT NULL,
            quantity INTEGER NOT NULL CHECK (quantity > 0),
            warehouse TEXT NOT NULL,
            receipt TEXT NOT NULL,
            expected INTEGER NOT NULL,
            leaves INTEGER,
            arrives INTEGER,
            PRIMARY KEY (order_number, standing, number)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX waiting_part_by_receipt ON waiting_part (sku, warehouse, receipt)
            WHERE standing = 'expected';

        CREATE TRIGGER part_is_of_its_receipt BEFORE INSERT ON waiting_part
        WHEN NEW.standing = 'expected' AND NEW.quantity + (
                SELECT ifnull(sum(quantity), 0) FROM waiting_part
                WHERE standing = 'expected' AND sku = NEW.sku AND warehouse = NEW.warehouse
                    AND receipt = NEW.receipt)
            > ifnull((
                SELECT quantity FROM inbound_receipt
                WHERE sku = NEW.sku AND warehouse = NEW.warehouse AND receipt = NEW.receipt), 0)
        BEGIN SELECT RAISE(ABORT, 'I1: no unit of a receipt is promised twice'); END;

        CREATE TABLE date_change (
            number INTEGER PRIMARY KEY,
            order_number INTEGER NOT NULL REFERENCES customer_order (number),
            line INTEGER NOT NULL CHECK (line >= 0),
            sku TEXT NOT NULL,
            at INTEGER NOT NULL,
            day_before INTEGER,
            day_after INTEGER,
            undated INTEGER NOT NULL CHECK (undated >= 0),
            is_later INTEGER NOT NULL CHECK (is_later IN (0, 1)),
            warehouse TEXT,
            receipt TEXT
        ) STRICT;
        CREATE INDEX date_change_by_order ON date_change (order_number, number);
        CREATE TRIGGER date_change_stays BEFORE UPDATE ON date_change BEGIN
            SELECT RAISE(ABORT, 'how a day moved is never changed');
        END;
        CREATE TRIGGER date_change_is_kept BEFORE DELETE ON date_change BEGIN
            SELECT RAISE(ABORT, 'how a day moved is never deleted');
        END;
        """

    // What waits for stock, and in whose turn. It follows from the outcome in force, and is written
    // with it; the bytes of that are the wire format's, so it stands in columns here.
    private static let waiting = """
        ALTER TABLE resourcing ADD COLUMN is_follow_up INTEGER NOT NULL DEFAULT 0
            CHECK (is_follow_up IN (0, 1));

        CREATE TABLE waiting_order (
            order_number INTEGER PRIMARY KEY REFERENCES customer_order (number),
            rank INTEGER NOT NULL,
            rule TEXT NOT NULL,
            -- Days since 1970; 2147483647 where no day is wanted.
            wanted_by INTEGER NOT NULL,
            since INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX waiting_order_by_turn
            ON waiting_order (rank, wanted_by, since, order_number);

        CREATE TABLE waiting_line (
            order_number INTEGER NOT NULL
                REFERENCES waiting_order (order_number) ON DELETE CASCADE,
            line INTEGER NOT NULL CHECK (line >= 0),
            sku TEXT NOT NULL CHECK (length(sku) BETWEEN 1 AND 64),
            quantity INTEGER NOT NULL CHECK (quantity > 0),
            PRIMARY KEY (order_number, line)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX waiting_line_by_sku ON waiting_line (sku, order_number);

        CREATE TRIGGER only_backordered_waits BEFORE INSERT ON waiting_order
        WHEN (SELECT status FROM customer_order WHERE number = NEW.order_number)
            IS NOT 'backordered'
        BEGIN
            SELECT RAISE(ABORT, 'nothing of that order waits');
        END;
        CREATE TRIGGER waiting_ends AFTER UPDATE OF status, outcome ON customer_order BEGIN
            DELETE FROM waiting_order WHERE order_number = NEW.number;
        END;
        """

    // An order that is sourced again has several decisions: one in force, and those whose place it
    // has taken. One write turns the old over and makes the new: there is never a moment with
    // both in force, or neither.
    private static let resourcing = """
        CREATE TABLE decision_of_an_order (
            tx INTEGER PRIMARY KEY CHECK (tx >= 0),
            order_number INTEGER NOT NULL REFERENCES customer_order (number),
            state TEXT NOT NULL CHECK (state IN ('confirming', 'cancelling', 'ended')),
            superseded_by INTEGER REFERENCES decision (tx) DEFERRABLE INITIALLY DEFERRED
                CHECK (superseded_by > tx)
        ) STRICT;
        INSERT INTO decision_of_an_order (tx, order_number, state)
            SELECT tx, order_number, state FROM decision;
        DROP TABLE decision;
        ALTER TABLE decision_of_an_order RENAME TO decision;
        CREATE UNIQUE INDEX decision_in_force ON decision (order_number)
            WHERE superseded_by IS NULL;
        CREATE INDEX decision_by_order ON decision (order_number, tx);
        CREATE INDEX decision_open ON decision (state) WHERE state <> 'ended';

        CREATE TRIGGER decision_stays BEFORE DELETE ON decision BEGIN
            SELECT RAISE(ABORT, 'a decision is never deleted');
        END;
        CREATE TRIGGER decision_moves_forward BEFORE UPDATE ON decision
        WHEN NEW.tx <> OLD.tx OR NEW.order_number <> OLD.order_number
            OR (OLD.state = 'cancelling' AND NEW.state = 'confirming')
            OR (OLD.state = 'ended' AND NEW.state = 'confirming')
            OR (NEW.superseded_by IS NOT OLD.superseded_by
                AND (OLD.superseded_by IS NOT NULL OR NEW.state <> 'cancelling'))
        BEGIN
            SELECT RAISE(ABORT, 'a decision only moves forward');
        END;

        -- What each superseded decision was, and why another has taken its place.
        CREATE TABLE resourcing (
            replaced INTEGER PRIMARY KEY REFERENCES decision (tx),
            tx INTEGER NOT NULL UNIQUE REFERENCES decision (tx) CHECK (tx > replaced),
            who TEXT NOT NULL CHECK (length(who) > 0),
            reason TEXT NOT NULL CHECK (length(reason) > 0),
            at INTEGER NOT NULL,
            excluded TEXT NOT NULL,
            forced TEXT NOT NULL,
            service TEXT NOT NULL,
            outcome BLOB NOT NULL,
            evidence BLOB NOT NULL,
            decided_at INTEGER NOT NULL
        ) STRICT;
        CREATE TRIGGER resourcing_stays BEFORE UPDATE ON resourcing BEGIN
            SELECT RAISE(ABORT, 'what was superseded is never changed');
        END;
        CREATE TRIGGER resourcing_is_kept BEFORE DELETE ON resourcing BEGIN
            SELECT RAISE(ABORT, 'what was superseded is never deleted');
        END;

        -- Parts of superseded decisions that had shipped: they are not given back.
        CREATE TABLE share_kept (
            tx INTEGER NOT NULL REFERENCES resourcing (replaced),
            warehouse TEXT NOT NULL,
            PRIMARY KEY (tx, warehouse),
            FOREIGN KEY (tx, warehouse) REFERENCES decision_share (tx, warehouse)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER kept_stays BEFORE UPDATE ON share_kept BEGIN
            SELECT RAISE(ABORT, 'what was kept is never changed');
        END;
        CREATE TRIGGER kept_is_kept BEFORE DELETE ON share_kept BEGIN
            SELECT RAISE(ABORT, 'what was kept is never deleted');
        END;

        DROP TRIGGER order_stays_decided;
        CREATE TRIGGER order_stays_decided BEFORE UPDATE ON customer_order
        WHEN NEW.id <> OLD.id OR NEW.request <> OLD.request
            OR (NOT EXISTS (
                    -- What it was is kept with the decision that was superseded.
                    SELECT 1 FROM resourcing AS r JOIN decision AS d ON d.tx = r.replaced
                    WHERE d.order_number = OLD.number AND r.outcome = OLD.outcome
                        AND r.evidence = OLD.evidence)
                AND (NEW.evidence <> OLD.evidence
                    OR (NEW.outcome <> OLD.outcome AND NEW.status = OLD.status)
                    OR NEW.status NOT IN (OLD.status, 'cancelled')))
            OR NOT (NEW.status = OLD.status
                OR (NEW.status IN ('cancelled', 'confirmed', 'backordered')
                    AND OLD.status IN ('confirmed', 'backordered')))
        BEGIN
            SELECT RAISE(ABORT, 'a decided order can only be cancelled, or sourced again');
        END;
        """

    // What has left the building, as its site told: of whom shares a decision, once, for good.
    private static let shipments = """
        CREATE TABLE shipment (
            tx INTEGER NOT NULL,
            warehouse TEXT NOT NULL,
            who TEXT NOT NULL CHECK (length(who) > 0),
            at INTEGER NOT NULL,
            PRIMARY KEY (tx, warehouse),
            FOREIGN KEY (tx, warehouse) REFERENCES decision_share (tx, warehouse)
        ) STRICT, WITHOUT ROWID;

        CREATE TRIGGER shipment_stays BEFORE UPDATE ON shipment BEGIN
            SELECT RAISE(ABORT, 'a shipment is never changed');
        END;
        CREATE TRIGGER shipment_is_kept BEFORE DELETE ON shipment BEGIN
            SELECT RAISE(ABORT, 'a shipment is never deleted');
        END;
        """

    // What people should know of, and what was sent of it. The outbox is written with what it tells
    // of, so that nothing that happened goes untold, and nothing is told that did not.
    private static let alerts = """
        CREATE TABLE alert (
            number INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            detail TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('open', 'acknowledged', 'resolved')),
            opened_at INTEGER NOT NULL,
            seen_at INTEGER NOT NULL,
            times_seen INTEGER NOT NULL DEFAULT 1 CHECK (times_seen > 0),
            acknowledged_by TEXT,
            acknowledged_why TEXT,
            acknowledged_at INTEGER,
            resolved_by TEXT,
            resolved_why TEXT,
            resolved_at INTEGER,
            CHECK ((state = 'resolved') = (resolved_at IS NOT NULL)),
            CHECK (state <> 'acknowledged' OR acknowledged_at IS NOT NULL)
        ) STRICT;
        CREATE UNIQUE INDEX alert_is_one ON alert (kind, name) WHERE state <> 'resolved';
        CREATE INDEX alert_by_state ON alert (state, number);

        CREATE TABLE alert_delivery (
            number INTEGER PRIMARY KEY,
            alert INTEGER NOT NULL REFERENCES alert (number),
            event TEXT NOT NULL CHECK (event IN ('opened', 'resolved')),
            channel TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'dead')),
            tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
            due_at INTEGER NOT NULL,
            note TEXT NOT NULL DEFAULT ''
        ) STRICT;
        CREATE INDEX alert_delivery_due ON alert_delivery (due_at) WHERE state = 'waiting';
        CREATE INDEX alert_delivery_by_alert ON alert_delivery (alert);

        CREATE TRIGGER alert_moves_forward BEFORE UPDATE ON alert
        WHEN OLD.state = 'resolved' OR (OLD.state = 'acknowledged' AND NEW.state = 'open')
            OR NEW.kind <> OLD.kind OR NEW.name <> OLD.name
        BEGIN
            SELECT RAISE(ABORT, 'an alert only moves forward');
        END;
        CREATE TRIGGER alert_is_kept BEFORE DELETE ON alert BEGIN
            SELECT RAISE(ABORT, 'an alert is never deleted');
        END;
        """

    // What the office published, word for word, and the directories that rules look into.
    private static let rules = """
        CREATE TABLE rule_set (
            version INTEGER PRIMARY KEY CHECK (version >= 1),
            text TEXT NOT NULL,
            comment TEXT NOT NULL,
            published_by TEXT NOT NULL,
            published_at INTEGER NOT NULL,
            restores INTEGER REFERENCES rule_set (version) CHECK (restores < version)
        ) STRICT;

        CREATE TRIGGER rules_stay BEFORE UPDATE ON rule_set BEGIN
            SELECT RAISE(ABORT, 'published rules are never changed');
        END;
        CREATE TRIGGER rules_are_kept BEFORE DELETE ON rule_set BEGIN
            SELECT RAISE(ABORT, 'published rules are never deleted');
        END;

        CREATE TABLE customer (
            id TEXT PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
            company TEXT NOT NULL,
            segment TEXT NOT NULL,
            contract TEXT NOT NULL,
            tags TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE sku_profile (
            sku TEXT PRIMARY KEY CHECK (length(sku) BETWEEN 1 AND 64),
            warehouses TEXT NOT NULL,
            regions TEXT NOT NULL,
            handling TEXT NOT NULL,
            is_hazardous INTEGER NOT NULL CHECK (is_hazardous IN (0, 1)),
            freight_class TEXT,
            reorder_point INTEGER CHECK (reorder_point >= 0)
        ) STRICT, WITHOUT ROWID;
        """

    // What sites let the coordinator promise while they are cut off, and what orders have drawn
    // of it: a draw is written with its decision, or never was.
    private static let leases = """
        CREATE TABLE lease (
            id TEXT PRIMARY KEY CHECK (length(id) = 32),
            warehouse TEXT NOT NULL,
            sku TEXT NOT NULL,
            quantity INTEGER NOT NULL CHECK (quantity > 0),
            state TEXT NOT NULL DEFAULT 'open'
                CHECK (state IN ('open', 'closed', 'lost', 'written-off')),
            kept INTEGER CHECK (kept BETWEEN 0 AND quantity),
            who TEXT,
            reason TEXT,
            at INTEGER,
            conflict INTEGER NOT NULL DEFAULT 0 CHECK (conflict BETWEEN 0 AND quantity),
            CHECK (state <> 'closed' OR kept IS NOT NULL),
            CHECK ((state = 'written-off') = (who IS NOT NULL)
                AND (who IS NULL) = (reason IS NULL) AND (who IS NULL) = (at IS NULL))
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE lease_draw (
            lease TEXT NOT NULL REFERENCES lease (id),
            tx INTEGER NOT NULL REFERENCES decision (tx),
            quantity INTEGER NOT NULL CHECK (quantity > 0),
            PRIMARY KEY (lease, tx)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX lease_draw_by_tx ON lease_draw (tx);

        CREATE TRIGGER draw_is_within_its_lease BEFORE INSERT ON lease_draw BEGIN
            SELECT RAISE(ABORT, 'I1: nothing more is drawn from that lease')
            WHERE (SELECT state FROM lease WHERE id = NEW.lease) IS NOT 'open';
            SELECT RAISE(ABORT, 'I1: the lease has fewer units than that left')
            FROM lease WHERE id = NEW.lease AND quantity < NEW.quantity
                + (SELECT ifnull(sum(quantity), 0) FROM lease_draw WHERE lease = NEW.lease);
            SELECT RAISE(ABORT, 'the lease is another site''s, or of another SKU')
            WHERE NOT EXISTS (
                SELECT 1 FROM decision_line AS d JOIN lease AS l ON l.id = NEW.lease
                WHERE d.tx = NEW.tx AND d.warehouse = l.warehouse AND d.sku = l.sku);
        END;
        CREATE TRIGGER draw_stays BEFORE UPDATE ON lease_draw BEGIN
            SELECT RAISE(ABORT, 'a draw is never changed');
        END;
        CREATE TRIGGER draw_is_kept BEFORE DELETE ON lease_draw BEGIN
            SELECT RAISE(ABORT, 'a draw is never deleted');
        END;
        CREATE TRIGGER lease_moves_forward BEFORE UPDATE ON lease
        WHEN NEW.id <> OLD.id OR NEW.warehouse <> OLD.warehouse OR NEW.sku <> OLD.sku
            OR NEW.quantity <> OLD.quantity
            OR OLD.state || '>' || NEW.state NOT IN (
                'open>closed', 'open>lost', 'open>written-off', 'closed>written-off',
                'lost>written-off')
            OR (NEW.state = 'closed' AND NEW.kept IS NOT (
                SELECT ifnull(sum(quantity), 0) FROM lease_draw WHERE lease = NEW.id))
        BEGIN
            SELECT RAISE(ABORT, 'a lease only moves forward, and keeps what was drawn');
        END;
        CREATE TRIGGER lease_is_kept BEFORE DELETE ON lease BEGIN
            SELECT RAISE(ABORT, 'a lease is never deleted');
        END;
        """

    // What site managers have forced: of an attempt that was never decided too.
    private static let overrides = """
        CREATE TABLE site_override (
            tx INTEGER NOT NULL CHECK (tx >= 0),
            warehouse TEXT NOT NULL,
            choice TEXT NOT NULL CHECK (choice IN ('confirm', 'release')),
            who TEXT NOT NULL,
            reason TEXT NOT NULL,
            at INTEGER NOT NULL,
            is_conflict INTEGER NOT NULL CHECK (is_conflict IN (0, 1)),
            PRIMARY KEY (tx, warehouse)
        ) STRICT, WITHOUT ROWID;

        CREATE TRIGGER override_stays BEFORE UPDATE ON site_override BEGIN
            SELECT RAISE(ABORT, 'an override is never changed');
        END;
        CREATE TRIGGER override_is_kept BEFORE DELETE ON site_override BEGIN
            SELECT RAISE(ABORT, 'an override is never deleted');
        END;
        """

    // The log proper: what was written of each attempt, in order. `decision.state` is its fold,
    // kept so that recovery need not read all of it.
    private static let records = """
        CREATE TABLE decision_record (
            number INTEGER PRIMARY KEY,
            tx INTEGER NOT NULL REFERENCES decision (tx),
            entry TEXT NOT NULL CHECK (entry IN ('confirm', 'cancel', 'ended'))
        ) STRICT;
        CREATE INDEX decision_record_by_tx ON decision_record (tx, number);

        INSERT INTO decision_record (tx, entry) SELECT tx, 'confirm' FROM decision ORDER BY tx;
        INSERT INTO decision_record (tx, entry)
            SELECT d.tx, 'cancel' FROM decision AS d
            JOIN customer_order AS o ON o.number = d.order_number
            WHERE o.status = 'cancelled' ORDER BY d.tx;
        INSERT INTO decision_record (tx, entry)
            SELECT tx, 'ended' FROM decision WHERE state = 'ended' ORDER BY tx;

        CREATE TRIGGER record_stays BEFORE UPDATE ON decision_record BEGIN
            SELECT RAISE(ABORT, 'a record is never changed');
        END;
        CREATE TRIGGER record_is_kept BEFORE DELETE ON decision_record BEGIN
            SELECT RAISE(ABORT, 'a record is never deleted');
        END;
        """

    // What it takes to find out that this file is an older copy, and to mend it.
    private static let recovery = """
        -- Every start that decided anything, with random bits that no copy's next start shares.
        CREATE TABLE start (
            epoch INTEGER PRIMARY KEY CHECK (epoch >= 1),
            id INTEGER NOT NULL,
            decisions_before INTEGER NOT NULL CHECK (decisions_before >= 0)
        ) STRICT;

        -- 'needed': a site has seen decisions that are not here; nothing is decided until an
        -- operator asks for recovery. 'asked': the next start rebuilds the log from the sites.
        ALTER TABLE meta ADD COLUMN recovery TEXT NOT NULL DEFAULT ''
            CHECK (recovery IN ('', 'needed', 'asked'));
        ALTER TABLE meta ADD COLUMN recovery_reason TEXT NOT NULL DEFAULT '';
        -- The epoch in which the log was last rebuilt: what sites saw of earlier ones is in it.
        ALTER TABLE meta ADD COLUMN recovered_epoch INTEGER NOT NULL DEFAULT 0;

        -- The life of each site's ledger that its mark belongs to; 0 where it is not known.
        ALTER TABLE site_mark ADD COLUMN incarnation INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE decision_share ADD COLUMN incarnation INTEGER NOT NULL DEFAULT 0;

        -- What a site must be told of, should it lose history.
        CREATE INDEX decision_share_by_site ON decision_share (warehouse, tx);

        -- Decisions that were not taken here, but told again by the sites that carried them out.
        ALTER TABLE customer_order ADD COLUMN is_rebuilt INTEGER NOT NULL DEFAULT 0
            CHECK (is_rebuilt IN (0, 1));
        """

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
