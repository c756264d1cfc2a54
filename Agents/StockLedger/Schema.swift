import GRDB

/// The shape of the database, one step for each version of the program that changed it.
///
/// The file outlives the program, so every rule stands here and not only in
/// Swift. The rules that span rows:
///
/// - I1, I3: an entry that promises (`hold`) is refused where its lot or its SKU
///   has less than that available.
/// - I4: a voted reservation leaves that status by `confirmed` or `released` only.
/// - I8: stock changes by an entry of the journal and in no other way, and a
///   reservation's entries are written by the reservation's own triggers.
///
/// A recount that finds less than is promised is true, and is recorded: then
/// `held + allocated` exceeds `on_hand`, which is the *shortfall*, and the
/// rules above allow nothing new until it is mended.
enum Schema {
    /// What `PRAGMA user_version` says of a file that this program wrote.
    static let version = steps.count

    /// Marks the file as a stock ledger: `HFSL` in ASCII.
    static let applicationID: Int32 = 0x4846_534C

    /// Creates or completes the schema, inside the caller's transaction.
    ///
    /// - Throws: `LedgerFault.newerSchema` where a newer program wrote the file.
    static func migrate(_ db: Database) throws {
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard found <= version else {
            throw LedgerFault.newerSchema(found: found, known: version)
        }
        // Who has nothing to add writes nothing: a ledger must open on a full disk.
        guard found < version else { return }
        for step in steps[found...] {
            try db.execute(sql: step)
        }
        try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        try db.execute(sql: "PRAGMA user_version = \(version)")
    }

    private static let steps = [
        site + stock + reservations + triggers + calendar, recovery, overrides, freight,
        leases, shipments, capacity, addresses, parcels, truckloads,
        leads, carriers, hazmat, replacements, cartons,
        refusals(for: "'damaged', 'not-found'") + pickRefusalIsOfAPick,
        leaseRules, counts, deliveryHours, inbound, contents, lots, expiries,
        keyedRequests,
    ]

    // What a sender asked under a key of its own, and what it was told: who asks again is told the
    // same. An answer is never another one, also not by REPLACE, which fires no trigger of a DELETE.
    private static let keyedRequests = """
        CREATE TABLE keyed_request (
            key TEXT PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 200),
            asked TEXT NOT NULL,
            answer TEXT NOT NULL,
            at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX keyed_request_by_time ON keyed_request (at);

        CREATE TRIGGER keyed_request_is_asked_once BEFORE INSERT ON keyed_request
        WHEN EXISTS (SELECT 1 FROM keyed_request WHERE key = NEW.key)
        BEGIN SELECT RAISE(ABORT, 'a request under that key was answered already'); END;
        CREATE TRIGGER keyed_request_keeps_its_answer BEFORE UPDATE ON keyed_request
        BEGIN SELECT RAISE(ABORT, 'what was answered under a key is never changed'); END;

        """

    // A pick is also refused because its lot has expired while it was set aside: the site says so
    // by itself, and the units stay on hand.
    private static let expiries = """
        CREATE INDEX stock_promised_by_expiry ON stock (expires)
            WHERE lot <> '' AND (held > 0 OR allocated > 0);
        CREATE INDEX reservation_held ON reservation (batch) WHERE status = 'held';

        DROP TRIGGER pick_refusal_is_of_a_pick;
        DROP TRIGGER pick_refusal_stays;
        DROP TRIGGER pick_refusal_is_kept;
        DROP INDEX pick_refusal_by_lot;
        DROP INDEX pick_refusal_to_tell;
        ALTER TABLE pick_refusal RENAME TO pick_refusal_before;

        """
        + refusals(for: "'damaged', 'not-found', 'expired'")
            // Before the trigger: what was told was of a pick, and need not be any more.
            + """
            INSERT INTO pick_refusal SELECT * FROM pick_refusal_before;
            DROP TABLE pick_refusal_before;
            """ + pickRefusalIsOfAPick

    // What is known of a lot changes by an entry of the journal that says who changed it and why;
    // and nothing is set aside of a lot beyond its last day. `keeps_until` is the day on which it
    // may not have expired: that of setting aside, or a later one that the buyer asks for.
    private static let lots = """
        CREATE INDEX stock_by_expiry ON stock (expires, sku, lot) WHERE lot <> '';

        CREATE TABLE lot_event (
            entry INTEGER PRIMARY KEY REFERENCES journal_entry (id),
            sku INTEGER NOT NULL,
            lot TEXT NOT NULL CHECK (lot <> ''),
            kind TEXT NOT NULL CHECK (kind IN ('expiry', 'certificates')),
            expires_before INTEGER,
            expires INTEGER,
            certificates_before TEXT NOT NULL,
            certificates TEXT NOT NULL,
            FOREIGN KEY (sku, lot) REFERENCES stock (sku, lot),
            CHECK (CASE kind
                WHEN 'expiry' THEN certificates = certificates_before
                    AND expires IS NOT expires_before
                ELSE certificates <> certificates_before AND expires IS expires_before END)
        ) STRICT;

        CREATE TRIGGER lot_event_is_entered BEFORE INSERT ON lot_event
        WHEN NOT EXISTS (
            SELECT 1 FROM journal_entry AS e
            JOIN stock AS k ON k.sku = e.sku AND k.lot = e.lot AND k.entry = e.id
            WHERE e.id = NEW.entry AND e.sku = NEW.sku AND e.lot = NEW.lot
                AND e.kind = 'adjust' AND e.on_hand_delta = 0 AND e.who IS NOT NULL
                AND e.batch = (SELECT ifnull(max(lsn), 0) + 1 FROM batch)
                AND k.expires IS NEW.expires_before AND k.certificates = NEW.certificates_before)
        BEGIN SELECT RAISE(ABORT, 'I8: what changes of a lot is entered by the same write'); END;
        CREATE TRIGGER lot_event_stays BEFORE UPDATE ON lot_event
        BEGIN SELECT RAISE(ABORT, 'what changed of a lot is never changed'); END;
        CREATE TRIGGER lot_event_is_kept BEFORE DELETE ON lot_event
        BEGIN SELECT RAISE(ABORT, 'what changed of a lot is never deleted'); END;

        CREATE TRIGGER lot_follows_its_events BEFORE UPDATE OF expires, certificates ON stock
        WHEN (NEW.expires IS NOT OLD.expires OR NEW.certificates <> OLD.certificates)
            AND NOT EXISTS (
                SELECT 1 FROM lot_event AS e
                WHERE e.entry = OLD.entry AND e.sku = OLD.sku AND e.lot = OLD.lot
                    AND e.expires IS NEW.expires AND e.certificates = NEW.certificates
                    AND e.expires_before IS OLD.expires
                    AND e.certificates_before = OLD.certificates)
        BEGIN SELECT RAISE(ABORT, 'I8: a lot changes by an entry of the journal only'); END;
        CREATE TRIGGER quarantine_follows_its_entries BEFORE UPDATE OF is_quarantined ON stock
        WHEN NEW.is_quarantined <> OLD.is_quarantined AND NOT EXISTS (
            SELECT 1 FROM journal_entry AS e
            WHERE e.id = OLD.entry AND e.sku = OLD.sku AND e.lot = OLD.lot
                AND e.kind = iif(NEW.is_quarantined, 'quarantine', 'clear'))
        BEGIN SELECT RAISE(ABORT, 'I8: a lot is barred by an entry of the journal only'); END;

        ALTER TABLE reservation_line ADD COLUMN keeps_until INTEGER;
        -- What is confirmed was promised before, and is never refused.
        CREATE TRIGGER reservation_line_keeps BEFORE INSERT ON reservation_line
        WHEN NEW.lot <> '' AND EXISTS (
            SELECT 1 FROM reservation AS r
            JOIN stock AS k ON k.sku = NEW.sku AND k.lot = NEW.lot
            WHERE r.tx = NEW.tx AND r.coordinator = NEW.coordinator
                AND r.status IN ('held', 'voted')
                AND (NEW.keeps_until IS NULL OR k.expires < NEW.keeps_until))
        BEGIN SELECT RAISE(ABORT, 'I11: the lot will have expired'); END;

        """

    // Counts that found other than what was recorded, and those that then agreed: told until each
    // coordinator has noted them, in the order of the journal.
    private static let counts = """
        CREATE TABLE count_report (
            entry INTEGER PRIMARY KEY REFERENCES journal_entry (id),
            sku INTEGER NOT NULL,
            lot TEXT NOT NULL,
            recorded INTEGER NOT NULL CHECK (recorded >= 0),
            counted INTEGER NOT NULL CHECK (counted >= 0),
            who TEXT NOT NULL CHECK (length(who) > 0),
            at INTEGER NOT NULL,
            FOREIGN KEY (sku, lot) REFERENCES stock (sku, lot)
        ) STRICT;
        CREATE INDEX count_report_by_lot ON count_report (sku, lot, entry);
        ALTER TABLE coordinator ADD COLUMN counts_noted INTEGER NOT NULL DEFAULT 0;

        """

    // How much of its stock a site leases by itself, by handling class; of an empty one, the others.
    private static let leaseRules = """
        CREATE TABLE lease_rule (
            handling TEXT PRIMARY KEY,
            percent INTEGER NOT NULL CHECK (percent BETWEEN 1 AND 100)
        ) STRICT, WITHOUT ROWID;

        """

    // Units set aside for an order that could not be picked: told until the coordinator has it in
    // its log, and kept. Two of one attempt differ in their instant.
    private static func refusals(for reasons: String) -> String {
        """
        CREATE TABLE pick_refusal (
            tx INTEGER NOT NULL CHECK (tx >= 0),
            coordinator INTEGER NOT NULL REFERENCES coordinator (id),
            at INTEGER NOT NULL,
            order_id TEXT NOT NULL CHECK (length(order_id) > 0),
            sku INTEGER NOT NULL REFERENCES sku (id),
            lot TEXT NOT NULL,
            quantity INTEGER NOT NULL CHECK (quantity > 0),
            reason TEXT NOT NULL CHECK (reason IN (\(reasons))),
            who TEXT NOT NULL CHECK (length(who) > 0),
            is_noted INTEGER NOT NULL DEFAULT 0 CHECK (is_noted IN (0, 1)),
            PRIMARY KEY (tx, coordinator, at),
            FOREIGN KEY (sku, lot) REFERENCES stock (sku, lot)
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX pick_refusal_by_lot ON pick_refusal (sku, lot);
        CREATE INDEX pick_refusal_to_tell ON pick_refusal (coordinator, tx) WHERE is_noted = 0;

        -- Whether it is noted may go back: a coordinator that has lost its log is told again.
        CREATE TRIGGER pick_refusal_stays BEFORE UPDATE ON pick_refusal
        WHEN NEW.tx <> OLD.tx OR NEW.coordinator <> OLD.coordinator OR NEW.at <> OLD.at
            OR NEW.order_id <> OLD.order_id OR NEW.sku <> OLD.sku OR NEW.lot <> OLD.lot
            OR NEW.quantity <> OLD.quantity OR NEW.reason <> OLD.reason OR NEW.who <> OLD.who
        BEGIN SELECT RAISE(ABORT, 'a refused pick is never changed'); END;
        CREATE TRIGGER pick_refusal_is_kept BEFORE DELETE ON pick_refusal
        BEGIN SELECT RAISE(ABORT, 'a refused pick is never deleted'); END;

        """
    }

    private static let pickRefusalIsOfAPick = """
        CREATE TRIGGER pick_refusal_is_of_a_pick BEFORE INSERT ON pick_refusal
        WHEN NEW.quantity + ifnull((
                SELECT sum(quantity) FROM pick_refusal WHERE tx = NEW.tx
                    AND coordinator = NEW.coordinator AND sku = NEW.sku AND lot = NEW.lot), 0)
            > ifnull((
                SELECT l.quantity FROM reservation_line AS l
                JOIN reservation AS r ON r.tx = l.tx AND r.coordinator = l.coordinator
                WHERE l.tx = NEW.tx AND l.coordinator = NEW.coordinator AND l.sku = NEW.sku
                    AND l.lot = NEW.lot AND r.status = 'confirmed'
                    AND r.order_id = NEW.order_id), 0)
        BEGIN SELECT RAISE(ABORT, 'no more is refused than is to be picked'); END;

        """

    // Between which minutes of a day a carrier's service delivers, by the destination's clock.
    private static let deliveryHours = """
        ALTER TABLE carrier_week ADD COLUMN delivers_from INTEGER
            CHECK (delivers_from BETWEEN 0 AND 1439);
        ALTER TABLE carrier_week ADD COLUMN delivers_until INTEGER
            CHECK ((delivers_until IS NULL) = (delivers_from IS NULL)
                AND (delivers_until IS NULL
                    OR (delivers_until <= 1439 AND delivers_from < delivers_until)));

        """

    // What is on its way to the site, and what was done about it. `quantity` is all that was
    // announced, `received` what has come of it: what came is in the journal, by the same write.
    private static let inbound = """
        CREATE TABLE inbound_receipt (
            reference TEXT NOT NULL CHECK (length(reference) BETWEEN 1 AND 64),
            sku INTEGER NOT NULL REFERENCES sku (id),
            kind TEXT NOT NULL CHECK (kind IN ('purchase', 'transfer')),
            origin TEXT NOT NULL DEFAULT '',
            -- Days since 1970.
            expected INTEGER NOT NULL,
            quantity INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 1000000000),
            received INTEGER NOT NULL DEFAULT 0 CHECK (received >= 0),
            status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed', 'removed')),
            PRIMARY KEY (reference, sku),
            CHECK (status <> 'open' OR received < quantity)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX inbound_by_day ON inbound_receipt (sku, expected, reference)
            WHERE status = 'open';

        CREATE TABLE inbound_event (
            id INTEGER PRIMARY KEY,
            reference TEXT NOT NULL,
            sku INTEGER NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('add', 'change', 'receive', 'close', 'remove')),
            expected_before INTEGER,
            expected INTEGER NOT NULL,
            quantity_before INTEGER,
            quantity INTEGER NOT NULL,
            -- Units that came, and the journal's entry of them.
            received INTEGER NOT NULL DEFAULT 0 CHECK (received >= 0),
            entry INTEGER UNIQUE REFERENCES journal_entry (id),
            who TEXT NOT NULL CHECK (length(who) > 0),
            reason TEXT NOT NULL DEFAULT '',
            at INTEGER NOT NULL,
            FOREIGN KEY (reference, sku) REFERENCES inbound_receipt (reference, sku),
            CHECK ((kind = 'receive') = (entry IS NOT NULL)),
            CHECK ((kind = 'receive') = (received > 0))
        ) STRICT;
        CREATE INDEX inbound_event_by_receipt ON inbound_event (reference, sku, id);

        CREATE TRIGGER inbound_begins_unreceived BEFORE INSERT ON inbound_receipt
        WHEN NEW.received <> 0 OR NEW.status <> 'open'
        BEGIN SELECT RAISE(ABORT, 'a receipt begins open, and nothing of it has come'); END;
        CREATE TRIGGER inbound_is_kept BEFORE DELETE ON inbound_receipt
        BEGIN SELECT RAISE(ABORT, 'a receipt is never deleted'); END;
        CREATE TRIGGER inbound_follows_its_events BEFORE UPDATE ON inbound_receipt
        WHEN NEW.reference <> OLD.reference OR NEW.sku <> OLD.sku
            OR NEW.received <> (
                SELECT ifnull(sum(received), 0) FROM inbound_event
                WHERE reference = OLD.reference AND sku = OLD.sku)
        BEGIN SELECT RAISE(ABORT, 'I8: what has come of a receipt is what was booked of it'); END;

        CREATE TRIGGER inbound_event_is_booked BEFORE INSERT ON inbound_event
        WHEN NEW.kind = 'receive' AND NOT EXISTS (
            SELECT 1 FROM journal_entry AS e
            WHERE e.id = NEW.entry AND e.kind = 'receive' AND e.sku = NEW.sku
                AND e.on_hand_delta = NEW.received
                AND e.batch = (SELECT ifnull(max(lsn), 0) + 1 FROM batch))
        BEGIN SELECT RAISE(ABORT, 'I8: what comes in is booked by the same write'); END;
        CREATE TRIGGER inbound_event_stays BEFORE UPDATE ON inbound_event
        BEGIN SELECT RAISE(ABORT, 'what was done with a receipt is never changed'); END;
        CREATE TRIGGER inbound_event_is_kept BEFORE DELETE ON inbound_event
        BEGIN SELECT RAISE(ABORT, 'what was done with a receipt is never deleted'); END;

        """

    // What goods are shipped in, and what a carrier asks for packages that are heavy or large:
    // minor units and bounds, as `2675:pounds=50,length=48;12000:girth=130`.
    private static let cartons = """
        ALTER TABLE sku ADD COLUMN units_per_carton INTEGER
            CHECK (units_per_carton BETWEEN 2 AND 1000000);
        ALTER TABLE sku ADD COLUMN carton_length INTEGER CHECK (carton_length > 0);
        ALTER TABLE sku ADD COLUMN carton_width INTEGER CHECK (carton_width > 0);
        ALTER TABLE sku ADD COLUMN carton_height INTEGER CHECK (carton_height > 0);
        ALTER TABLE rate_card ADD COLUMN oversize TEXT NOT NULL DEFAULT '';

        """

    // What a vote is to take over of a reservation of the same order that is confirmed, when it is
    // confirmed itself: those units are set aside once, under the other, until then.
    private static let replacements = """
        CREATE TABLE replacement (
            tx INTEGER NOT NULL,
            coordinator INTEGER NOT NULL,
            replaced INTEGER NOT NULL CHECK (replaced BETWEEN 0 AND tx - 1),
            PRIMARY KEY (tx, coordinator),
            FOREIGN KEY (tx, coordinator) REFERENCES reservation (tx, coordinator)
                ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX replacement_of ON replacement (replaced, coordinator);

        CREATE TABLE replacement_line (
            tx INTEGER NOT NULL,
            coordinator INTEGER NOT NULL,
            sku INTEGER NOT NULL,
            lot TEXT NOT NULL,
            quantity INTEGER NOT NULL CHECK (quantity > 0),
            PRIMARY KEY (tx, coordinator, sku, lot),
            FOREIGN KEY (tx, coordinator) REFERENCES replacement (tx, coordinator)
                ON DELETE CASCADE,
            FOREIGN KEY (sku, lot) REFERENCES stock (sku, lot)
        ) STRICT, WITHOUT ROWID;

        CREATE TRIGGER replacement_is_of_one_order BEFORE INSERT ON replacement
        WHEN NOT EXISTS (
            SELECT 1 FROM reservation AS r
            JOIN reservation AS o ON o.tx = NEW.replaced AND o.coordinator = r.coordinator
            WHERE r.tx = NEW.tx AND r.coordinator = NEW.coordinator AND r.status = 'voted'
                AND o.status = 'confirmed' AND o.order_id = r.order_id)
        BEGIN SELECT RAISE(ABORT, 'a vote replaces what is confirmed for its own order'); END;
        CREATE TRIGGER replacement_line_is_there BEFORE INSERT ON replacement_line
        WHEN NEW.quantity > ifnull((
                SELECT l.quantity FROM replacement AS p
                JOIN reservation_line AS l ON l.tx = p.replaced AND l.coordinator = p.coordinator
                WHERE p.tx = NEW.tx AND p.coordinator = NEW.coordinator
                    AND l.sku = NEW.sku AND l.lot = NEW.lot), 0)
            -- Units are taken over once.
            OR EXISTS (
                SELECT 1 FROM replacement AS p
                JOIN replacement AS o ON o.replaced = p.replaced
                    AND o.coordinator = p.coordinator AND o.tx <> p.tx
                JOIN replacement_line AS l ON l.tx = o.tx AND l.coordinator = o.coordinator
                WHERE p.tx = NEW.tx AND p.coordinator = NEW.coordinator
                    AND l.sku = NEW.sku AND l.lot = NEW.lot)
        BEGIN SELECT RAISE(ABORT, 'I1: a vote takes over no more than is set aside'); END;
        CREATE TRIGGER replacement_stays BEFORE UPDATE ON replacement
        BEGIN SELECT RAISE(ABORT, 'what a vote replaces is never changed'); END;
        CREATE TRIGGER replacement_line_stays BEFORE UPDATE ON replacement_line
        BEGIN SELECT RAISE(ABORT, 'what a vote takes over is never changed'); END;
        CREATE TRIGGER reservation_being_replaced_stays BEFORE UPDATE OF status ON reservation
        WHEN EXISTS (
            SELECT 1 FROM replacement
            WHERE replaced = OLD.tx AND coordinator = OLD.coordinator)
        BEGIN SELECT RAISE(ABORT, 'I1: a vote is to take that reservation over'); END;
        CREATE TRIGGER replacement_ends_first BEFORE UPDATE OF status ON reservation
        WHEN NEW.status = 'confirmed' AND EXISTS (
            SELECT 1 FROM replacement WHERE tx = OLD.tx AND coordinator = OLD.coordinator)
        BEGIN SELECT RAISE(ABORT, 'what replaces is confirmed with all of its units'); END;

        """

    // How much of a hazardous material one unit holds, in thousandths: by air a package has a most.
    private static let contents = """
        ALTER TABLE sku ADD COLUMN content INTEGER CHECK (content > 0);
        ALTER TABLE sku ADD COLUMN content_unit TEXT CHECK (content_unit IN ('L', 'kg'));

        """

    // Which SKUs are hazardous materials of 49 CFR 172.101, and which services fly.
    private static let hazmat = """
        ALTER TABLE sku ADD COLUMN un_number INTEGER CHECK (un_number BETWEEN 1 AND 9999);
        ALTER TABLE sku ADD COLUMN packing_group INTEGER CHECK (packing_group BETWEEN 1 AND 3);
        ALTER TABLE sku ADD COLUMN is_limited_quantity INTEGER NOT NULL DEFAULT 0
            CHECK (is_limited_quantity IN (0, 1));
        ALTER TABLE rate_card ADD COLUMN flight TEXT
            CHECK (flight IN ('no', 'passenger', 'cargo'));

        """

    // The days of each carrier's service, as bits from Monday on, and each carrier's holidays.
    private static let carriers = """
        CREATE TABLE carrier_week (
            service TEXT PRIMARY KEY CHECK (length(service) > 0),
            pickup INTEGER NOT NULL CHECK (pickup BETWEEN 1 AND 127),
            transit INTEGER NOT NULL CHECK (transit BETWEEN 1 AND 127),
            delivery_only INTEGER NOT NULL DEFAULT 0 CHECK (delivery_only BETWEEN 0 AND 127)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE carrier_holiday (
            carrier TEXT NOT NULL CHECK (length(carrier) > 0),
            date INTEGER NOT NULL,
            name TEXT NOT NULL,
            PRIMARY KEY (carrier, date)
        ) STRICT, WITHOUT ROWID;

        """

    // What pick and pack take by handling class. Of an empty one it is what is usual, in place
    // of `site.lead_days`.
    private static let leads = """
        ALTER TABLE sku ADD COLUMN handling TEXT NOT NULL DEFAULT '';

        CREATE TABLE lead_time (
            handling TEXT PRIMARY KEY,
            days INTEGER NOT NULL CHECK (days BETWEEN 0 AND 60),
            minutes INTEGER NOT NULL CHECK (minutes BETWEEN 0 AND 1439)
        ) STRICT, WITHOUT ROWID;

        """

    // What whole trucks cost, and how goods fill them.
    private static let truckloads = """
        ALTER TABLE sku ADD COLUMN units_per_pallet INTEGER
            CHECK (units_per_pallet BETWEEN 1 AND 1000000);

        -- What a truckload carrier charges, as `rate_card` has it for parcels.
        CREATE TABLE ftl_rate_card (
            service TEXT NOT NULL CHECK (length(service) > 0),
            version INTEGER NOT NULL CHECK (version >= 1),
            effective INTEGER NOT NULL,
            carrier TEXT NOT NULL,
            level TEXT NOT NULL,
            weight_maximum INTEGER NOT NULL CHECK (weight_maximum > 0),
            pallets_maximum INTEGER NOT NULL CHECK (pallets_maximum > 0),
            trucks_maximum INTEGER NOT NULL CHECK (trucks_maximum > 0),
            fuel_basis_points INTEGER NOT NULL CHECK (fuel_basis_points >= 0),
            fuel_per_mile INTEGER NOT NULL CHECK (fuel_per_mile >= 0),
            accessorials TEXT NOT NULL DEFAULT '',
            handling INTEGER NOT NULL CHECK (handling >= 0),
            circuity_percent INTEGER NOT NULL CHECK (circuity_percent >= 100),
            transit_days INTEGER CHECK (transit_days >= 0),
            miles_per_day INTEGER NOT NULL CHECK (miles_per_day > 0),
            rates TEXT NOT NULL,
            PRIMARY KEY (service, version)
        ) STRICT;

        CREATE TRIGGER ftl_rate_card_is_never_changed BEFORE UPDATE ON ftl_rate_card
        BEGIN SELECT RAISE(ABORT, 'a rate card is replaced by a later version'); END;

        -- One code names one service, whatever it travels by.
        CREATE TRIGGER ftl_rate_card_has_a_code_of_its_own BEFORE INSERT ON ftl_rate_card
        WHEN EXISTS (SELECT 1 FROM rate_card WHERE service = NEW.service)
            OR EXISTS (SELECT 1 FROM ltl_rate_card WHERE service = NEW.service)
        BEGIN SELECT RAISE(ABORT, 'the code is another kind of service''s'); END;
        CREATE TRIGGER rate_card_is_no_truckload BEFORE INSERT ON rate_card
        WHEN EXISTS (SELECT 1 FROM ftl_rate_card WHERE service = NEW.service)
        BEGIN SELECT RAISE(ABORT, 'the code is a truckload service''s'); END;
        CREATE TRIGGER ltl_rate_card_is_no_truckload BEFORE INSERT ON ltl_rate_card
        WHEN EXISTS (SELECT 1 FROM ftl_rate_card WHERE service = NEW.service)
        BEGIN SELECT RAISE(ABORT, 'the code is a truckload service''s'); END;

        """

    // How large a package a service takes, and what it charges more for where it goes.
    private static let parcels = """
        ALTER TABLE rate_card ADD COLUMN length_maximum INTEGER CHECK (length_maximum > 0);
        ALTER TABLE rate_card ADD COLUMN girth_maximum INTEGER
            CHECK (girth_maximum >= length_maximum);
        ALTER TABLE rate_card ADD COLUMN delivery_areas TEXT;

        """

    // Which addresses a service reaches that are in no street: those of `AddressKind`, with commas.
    private static let addresses = """
        ALTER TABLE rate_card ADD COLUMN address_kinds TEXT NOT NULL DEFAULT '';

        """

    // How much can leave on one day, and how much of it each reservation takes.
    private static let capacity = """
        CREATE TABLE shipping_capacity (
            weekday INTEGER PRIMARY KEY CHECK (weekday BETWEEN 1 AND 7),
            orders INTEGER CHECK (orders >= 1),
            lines INTEGER CHECK (lines >= 1),
            grams INTEGER CHECK (grams >= 1),
            CHECK (coalesce(orders, lines, grams) IS NOT NULL)
        ) STRICT;

        -- Written with the reservation: a SKU that is weighed anew moves no day.
        ALTER TABLE reservation ADD COLUMN lines INTEGER NOT NULL DEFAULT 0 CHECK (lines >= 0);
        ALTER TABLE reservation ADD COLUMN grams INTEGER NOT NULL DEFAULT 0
            CHECK (grams BETWEEN 0 AND 1000000000000);

        DROP TRIGGER reservation_keeps_its_law;
        UPDATE reservation SET
            lines = (
                SELECT count(DISTINCT l.sku) FROM reservation_line AS l
                WHERE l.tx = reservation.tx AND l.coordinator = reservation.coordinator),
            grams = (
                SELECT CAST(min(1e12, total(1.0 * l.quantity * s.unit_weight)) AS INTEGER)
                FROM reservation_line AS l JOIN sku AS s ON s.id = l.sku
                WHERE l.tx = reservation.tx AND l.coordinator = reservation.coordinator);
        CREATE TRIGGER reservation_keeps_its_law BEFORE UPDATE ON reservation
        WHEN NOT (OLD.status || '>' || NEW.status IN (
                'held>voted', 'held>released', 'held>expired', 'voted>confirmed',
                'voted>released', 'confirmed>released', 'confirmed>shipped'))
            OR NEW.tx <> OLD.tx OR NEW.coordinator <> OLD.coordinator
            OR NEW.order_id <> OLD.order_id OR NEW.participants <> OLD.participants
            OR NEW.leaves IS NOT OLD.leaves OR NEW.lines <> OLD.lines OR NEW.grams <> OLD.grams
        BEGIN SELECT RAISE(ABORT, 'I4: the law of a reservation forbids that change'); END;

        CREATE INDEX reservation_by_day ON reservation (leaves, order_id, lines, grams)
            WHERE status IN ('voted', 'confirmed', 'shipped') AND leaves IS NOT NULL;

        -- What is confirmed was promised before, and is never refused. An empty day takes
        -- any one order; one that is tried again takes no place from itself.
        CREATE TRIGGER reservation_finds_room BEFORE INSERT ON reservation
        WHEN NEW.status = 'voted' AND NEW.leaves IS NOT NULL AND EXISTS (
            SELECT 1 FROM shipping_capacity WHERE weekday = (NEW.leaves + 3) % 7 + 1)
        BEGIN
            SELECT RAISE(ABORT, 'I10: the day on which it is to leave is full')
            FROM shipping_capacity AS c, (
                SELECT count(*) AS orders, sum(lines) AS lines, sum(grams) AS grams
                FROM reservation
                WHERE status IN ('voted', 'confirmed', 'shipped') AND leaves IS NOT NULL
                    AND leaves = NEW.leaves AND order_id <> NEW.order_id
            ) AS t
            WHERE c.weekday = (NEW.leaves + 3) % 7 + 1 AND t.orders > 0
                AND (t.orders + 1 > c.orders OR t.lines + NEW.lines > c.lines
                    OR t.grams + NEW.grams > c.grams);
        END;

        """

    // What has left the building. A row outlives every copy of the reservation: whoever asks
    // again is told so, and the coordinator until it has it in its log.
    private static let shipments = """
        -- By which carrier service the goods are to leave, and on which day, where it is known.
        ALTER TABLE reservation ADD COLUMN service TEXT NOT NULL DEFAULT '';
        ALTER TABLE reservation ADD COLUMN leaves INTEGER;

        CREATE INDEX reservation_by_order ON reservation (order_id);
        -- What is closed is few among all that is kept.
        CREATE INDEX reservation_released ON reservation (coordinator, tx)
            WHERE status = 'released';
        CREATE INDEX reservation_to_pick ON reservation (batch) WHERE status = 'confirmed';

        CREATE TABLE shipment (
            tx INTEGER NOT NULL CHECK (tx >= 0),
            coordinator INTEGER NOT NULL REFERENCES coordinator (id),
            order_id TEXT NOT NULL CHECK (length(order_id) > 0),
            at INTEGER NOT NULL,
            who TEXT NOT NULL CHECK (length(who) > 0),
            is_noted INTEGER NOT NULL DEFAULT 0 CHECK (is_noted IN (0, 1)),
            is_cancelled INTEGER NOT NULL DEFAULT 0 CHECK (is_cancelled IN (0, 1)),
            PRIMARY KEY (tx, coordinator)
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX shipment_by_order ON shipment (order_id);
        CREATE INDEX shipment_cancelled ON shipment (coordinator, tx) WHERE is_cancelled = 1;
        CREATE INDEX shipment_to_tell ON shipment (coordinator, tx) WHERE is_noted = 0;

        -- Whether it is noted may go back: a coordinator that has lost its log is told again.
        CREATE TRIGGER shipment_stays BEFORE UPDATE ON shipment
        WHEN NEW.tx <> OLD.tx OR NEW.coordinator <> OLD.coordinator
            OR NEW.order_id <> OLD.order_id OR NEW.at <> OLD.at OR NEW.who <> OLD.who
            OR NEW.is_cancelled < OLD.is_cancelled
        BEGIN SELECT RAISE(ABORT, 'a shipment is never changed'); END;
        CREATE TRIGGER shipment_is_kept BEFORE DELETE ON shipment
        BEGIN SELECT RAISE(ABORT, 'a shipment is never deleted'); END;

        CREATE TRIGGER shipment_is_on_record AFTER UPDATE OF status ON reservation
        WHEN NEW.status = 'shipped' AND NOT EXISTS (
            SELECT 1 FROM shipment WHERE tx = NEW.tx AND coordinator = NEW.coordinator)
        BEGIN SELECT RAISE(ABORT, 'what has left the building is on record as a shipment'); END;

        """

    private static let freight = """
        -- A day with a cutoff of its own is a half day; one without does not ship.
        ALTER TABLE holiday ADD COLUMN minutes INTEGER CHECK (minutes BETWEEN 0 AND 1439);

        -- What a less-than-truckload carrier charges, as `rate_card` has it for parcels.
        CREATE TABLE ltl_rate_card (
            service TEXT NOT NULL CHECK (length(service) > 0),
            version INTEGER NOT NULL CHECK (version >= 1),
            effective INTEGER NOT NULL,
            carrier TEXT NOT NULL,
            level TEXT NOT NULL,
            discount_basis_points INTEGER NOT NULL
                CHECK (discount_basis_points BETWEEN 0 AND 10000),
            floor INTEGER NOT NULL CHECK (floor >= 0),
            fuel_basis_points INTEGER NOT NULL CHECK (fuel_basis_points >= 0),
            accessorials TEXT NOT NULL DEFAULT '',
            handling INTEGER NOT NULL CHECK (handling >= 0),
            weight_maximum INTEGER NOT NULL CHECK (weight_maximum > 0),
            transit_days INTEGER NOT NULL CHECK (transit_days >= 0),
            rates TEXT NOT NULL,
            PRIMARY KEY (service, version)
        ) STRICT;

        CREATE TRIGGER ltl_rate_card_is_never_changed BEFORE UPDATE ON ltl_rate_card
        BEGIN SELECT RAISE(ABORT, 'a rate card is replaced by a later version'); END;

        -- One code names one service, whatever it travels by.
        CREATE TRIGGER ltl_rate_card_has_a_code_of_its_own BEFORE INSERT ON ltl_rate_card
        WHEN EXISTS (SELECT 1 FROM rate_card WHERE service = NEW.service)
        BEGIN SELECT RAISE(ABORT, 'the code is a parcel service''s'); END;
        CREATE TRIGGER rate_card_has_a_code_of_its_own BEFORE INSERT ON rate_card
        WHEN EXISTS (SELECT 1 FROM ltl_rate_card WHERE service = NEW.service)
        BEGIN SELECT RAISE(ABORT, 'the code is an LTL service''s'); END;
        """

    // Units that the coordinator may promise while the site is cut off. `kept` is what is set
    // aside for that since the beginning, `drained` what has come of it as reservations.
    private static let leases = """
        CREATE TABLE lease (
            id TEXT PRIMARY KEY CHECK (length(id) = 32),
            coordinator INTEGER NOT NULL REFERENCES coordinator (id),
            sku INTEGER NOT NULL REFERENCES sku (id),
            quantity INTEGER NOT NULL CHECK (quantity > 0),
            kept INTEGER NOT NULL DEFAULT 0 CHECK (kept BETWEEN 0 AND quantity),
            drained INTEGER NOT NULL DEFAULT 0 CHECK (drained BETWEEN 0 AND quantity),
            status TEXT NOT NULL DEFAULT 'open' CHECK (status IN (
                'open', 'returning', 'closed', 'unsettled', 'written-off', 'reported', 'settled')),
            entry INTEGER REFERENCES lease_entry (id),
            CHECK (drained <= kept OR status IN ('written-off', 'reported', 'settled'))
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX lease_kept ON lease (sku) WHERE kept > drained;

        CREATE TABLE lease_entry (
            id INTEGER PRIMARY KEY,
            batch INTEGER NOT NULL,
            lease TEXT NOT NULL REFERENCES lease (id),
            kind TEXT NOT NULL,
            status TEXT NOT NULL,
            kept_delta INTEGER NOT NULL,
            drained_delta INTEGER NOT NULL,
            tx INTEGER CHECK (tx >= 0),
            at INTEGER NOT NULL,
            who TEXT,
            reason TEXT,
            CHECK (CASE
                WHEN kind = 'grant' THEN
                    status = 'open' AND kept_delta > 0 AND drained_delta = 0 AND who IS NOT NULL
                WHEN kind = 'draw' THEN
                    kept_delta = 0 AND drained_delta > 0 AND tx IS NOT NULL
                WHEN kind = 'ask-back' THEN
                    status = 'returning' AND kept_delta = 0 AND drained_delta = 0
                    AND who IS NOT NULL AND reason IS NOT NULL
                WHEN kind IN ('close', 'adopt') THEN
                    status = 'closed' AND kept_delta <= 0 AND drained_delta = 0
                WHEN kind = 'lose' THEN
                    status = 'unsettled' AND kept_delta = 0 AND drained_delta = 0
                WHEN kind = 'write-off' THEN
                    status = 'written-off' AND kept_delta <= 0 AND drained_delta = 0
                    AND who IS NOT NULL AND reason IS NOT NULL
                WHEN kind = 'report' THEN
                    status = 'reported' AND kept_delta = 0 AND drained_delta = 0
                WHEN kind = 'settle' THEN
                    status = 'settled' AND kept_delta = 0 AND drained_delta = 0
                    AND who IS NOT NULL AND reason IS NOT NULL
                ELSE 0 END),
            CHECK ((kind = 'draw') = (tx IS NOT NULL))
        ) STRICT;

        CREATE INDEX lease_entry_by_lease ON lease_entry (lease, kind);

        -- One draw of one order on one lease: a repetition of it changes nothing.
        CREATE UNIQUE INDEX lease_entry_draw ON lease_entry (lease, tx) WHERE tx IS NOT NULL;

        CREATE TRIGGER lease_begins_empty BEFORE INSERT ON lease
        WHEN NEW.kept <> 0 OR NEW.drained <> 0 OR NEW.status <> 'open' OR NEW.entry IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'I8: a lease begins empty'); END;
        CREATE TRIGGER lease_follows_its_entries BEFORE UPDATE ON lease
        WHEN NEW.id <> OLD.id OR NEW.coordinator <> OLD.coordinator OR NEW.sku <> OLD.sku
            OR NEW.quantity <> OLD.quantity
            OR NOT EXISTS (
                SELECT 1 FROM lease_entry AS e
                WHERE e.id = NEW.entry AND e.lease = NEW.id AND e.id > ifnull(OLD.entry, 0)
                    AND NEW.kept = OLD.kept + e.kept_delta
                    AND NEW.drained = OLD.drained + e.drained_delta AND NEW.status = e.status)
        BEGIN SELECT RAISE(ABORT, 'I8: a lease changes by an entry of its journal only'); END;
        CREATE TRIGGER lease_is_kept BEFORE DELETE ON lease
        BEGIN SELECT RAISE(ABORT, 'a lease is never deleted'); END;

        CREATE TRIGGER lease_entry_changes_its_lease AFTER INSERT ON lease_entry
        BEGIN
            SELECT RAISE(ABORT, 'an entry belongs to the batch being written')
            WHERE NEW.batch <> (SELECT ifnull(max(lsn), 0) + 1 FROM batch);
            UPDATE lease SET
                kept = kept + NEW.kept_delta, drained = drained + NEW.drained_delta,
                status = NEW.status, entry = NEW.id
            WHERE id = NEW.lease;
            SELECT RAISE(ABORT, 'I3: the lease would cut into what is promised or kept back')
            FROM lease AS l JOIN sku AS s ON s.id = l.sku
            WHERE NEW.kind = 'grant' AND l.id = NEW.lease AND (
                SELECT sum(on_hand - held - allocated) FROM stock
                WHERE sku = l.sku AND is_quarantined = 0
            ) < s.safety_stock
                + (SELECT sum(kept - drained) FROM lease WHERE sku = l.sku AND kept > drained);
        END;
        CREATE TRIGGER lease_entry_is_never_changed BEFORE UPDATE ON lease_entry
        BEGIN SELECT RAISE(ABORT, 'I8: an entry of a lease is never changed'); END;
        CREATE TRIGGER lease_entry_is_never_deleted BEFORE DELETE ON lease_entry
        BEGIN SELECT RAISE(ABORT, 'I8: an entry of a lease is never deleted'); END;

        -- As it was, and what is leased is nobody else's.
        DROP TRIGGER journal_entry_changes_stock;
        CREATE TRIGGER journal_entry_changes_stock AFTER INSERT ON journal_entry
        BEGIN
            SELECT RAISE(ABORT, 'an entry belongs to the batch being written')
            WHERE NEW.batch <> (SELECT ifnull(max(lsn), 0) + 1 FROM batch);
            UPDATE stock SET
                on_hand = on_hand + NEW.on_hand_delta, held = held + NEW.held_delta,
                allocated = allocated + NEW.allocated_delta, entry = NEW.id
            WHERE sku = NEW.sku AND lot = NEW.lot;
            SELECT RAISE(ABORT, 'I1: the lot has fewer units than that to promise')
            FROM stock WHERE NEW.kind = 'hold' AND sku = NEW.sku AND lot = NEW.lot
                AND (held + allocated > on_hand OR is_quarantined);
            SELECT RAISE(ABORT, 'I3: the hold would cut into the safety stock, or what is leased')
            WHERE NEW.kind = 'hold' AND (
                SELECT sum(on_hand - held - allocated) FROM stock
                WHERE sku = NEW.sku AND is_quarantined = 0
            ) < (SELECT safety_stock FROM sku WHERE id = NEW.sku)
                + (SELECT ifnull(sum(kept - drained), 0) FROM lease
                    WHERE sku = NEW.sku AND kept > drained);
        END;

        """

    // What a site manager has forced, for good; what was heard of it since only ever comes to be.
    private static let overrides = """
        CREATE TABLE override_log (
            tx INTEGER NOT NULL CHECK (tx >= 0),
            coordinator INTEGER NOT NULL REFERENCES coordinator (id),
            order_id TEXT NOT NULL CHECK (length(order_id) > 0),
            choice TEXT NOT NULL CHECK (choice IN ('confirm', 'release')),
            who TEXT NOT NULL CHECK (length(who) > 0),
            reason TEXT NOT NULL CHECK (length(reason) > 0),
            at INTEGER NOT NULL,
            decision TEXT CHECK (decision IN ('confirm', 'release', 'cancel')),
            is_noted INTEGER NOT NULL DEFAULT 0 CHECK (is_noted IN (0, 1)),
            settled_by TEXT CHECK (length(settled_by) > 0),
            settled_reason TEXT CHECK (length(settled_reason) > 0),
            settled_at INTEGER,
            CHECK ((settled_at IS NULL) = (settled_by IS NULL)
                AND (settled_at IS NULL) = (settled_reason IS NULL)),
            PRIMARY KEY (tx, coordinator)
        ) STRICT, WITHOUT ROWID;

        CREATE TRIGGER override_stays BEFORE UPDATE ON override_log
        WHEN NEW.tx <> OLD.tx OR NEW.coordinator <> OLD.coordinator OR NEW.order_id <> OLD.order_id
            OR NEW.choice <> OLD.choice OR NEW.who <> OLD.who OR NEW.reason <> OLD.reason
            OR NEW.at <> OLD.at OR NEW.is_noted < OLD.is_noted
            OR (OLD.decision IS NOT NULL AND NEW.decision IS NOT OLD.decision
                AND NOT (OLD.decision = 'confirm' AND NEW.decision = 'cancel'))
            OR (OLD.settled_at IS NOT NULL AND (NEW.settled_at IS NOT OLD.settled_at
                OR NEW.settled_by IS NOT OLD.settled_by
                OR NEW.settled_reason IS NOT OLD.settled_reason))
        BEGIN SELECT RAISE(ABORT, 'an override is never changed'); END;
        CREATE TRIGGER override_is_kept BEFORE DELETE ON override_log
        BEGIN SELECT RAISE(ABORT, 'an override is never deleted'); END;

        """

    // What it takes to give lost history back, to a site and to its coordinator.
    private static let recovery = """
        -- The random bits of the start that reached `epoch_maximum`; the life of this ledger that
        -- the coordinator has named; what of its log was seen in the last session.
        ALTER TABLE coordinator ADD COLUMN start INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE coordinator ADD COLUMN incarnation INTEGER NOT NULL DEFAULT 1
            CHECK (incarnation >= 1);
        ALTER TABLE coordinator ADD COLUMN witness_epoch INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE coordinator ADD COLUMN witness_start INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE coordinator ADD COLUMN witness_decisions INTEGER NOT NULL DEFAULT 0;

        -- The whole order, as its coordinator told of it: empty where it did not.
        ALTER TABLE reservation ADD COLUMN asked TEXT NOT NULL DEFAULT '';

        -- What is restored was promised before, also where its attempt has long ended.
        DROP TRIGGER reservation_begins_open;
        CREATE TRIGGER reservation_begins_open BEFORE INSERT ON reservation
        WHEN NEW.status NOT IN ('held', 'voted', 'confirmed')
            OR (NEW.status <> 'confirmed'
                AND NEW.tx < (SELECT ended_below FROM coordinator WHERE id = NEW.coordinator))
        BEGIN SELECT RAISE(ABORT, 'a reservation begins open, and not after its attempt ended'); END;

        """

    private static let site = """
        CREATE TABLE meta (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            incarnation INTEGER NOT NULL CHECK (incarnation >= 1),
            is_backup INTEGER NOT NULL DEFAULT 0 CHECK (is_backup IN (0, 1))
        ) STRICT;

        CREATE TABLE site (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            warehouse TEXT NOT NULL CHECK (length(warehouse) > 0),
            name TEXT NOT NULL,
            time_zone TEXT NOT NULL,
            currency TEXT NOT NULL CHECK (length(currency) = 3),
            country TEXT NOT NULL CHECK (length(country) = 2),
            postal_code TEXT NOT NULL,
            lead_days INTEGER NOT NULL DEFAULT 0 CHECK (lead_days >= 0)
        ) STRICT;

        -- Whoever may send requests: the highest epoch heard, and the lowest attempt not yet over.
        CREATE TABLE coordinator (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE CHECK (length(name) > 0),
            epoch_maximum INTEGER NOT NULL DEFAULT 0 CHECK (epoch_maximum >= 0),
            ended_below INTEGER NOT NULL DEFAULT 0 CHECK (ended_below >= 0)
        ) STRICT;

        CREATE TRIGGER coordinator_never_goes_back BEFORE UPDATE ON coordinator
        WHEN NEW.epoch_maximum < OLD.epoch_maximum OR NEW.ended_below < OLD.ended_below
            OR NEW.id <> OLD.id OR NEW.name <> OLD.name
        BEGIN
            SELECT RAISE(ABORT, 'a coordinator''s epoch and watermark only rise');
        END;

        -- One row for each durable transaction that wrote; `chain` hashes it onto the one before.
        CREATE TABLE batch (
            lsn INTEGER PRIMARY KEY CHECK (lsn >= 1),
            chain INTEGER NOT NULL,
            at INTEGER NOT NULL
        ) STRICT;

        CREATE TRIGGER batch_follows_the_last BEFORE INSERT ON batch
        BEGIN
            SELECT RAISE(ABORT, 'batches are numbered without a gap')
            WHERE NEW.lsn <> (SELECT ifnull(max(lsn), 0) + 1 FROM batch);
        END;
        CREATE TRIGGER batch_is_never_changed BEFORE UPDATE ON batch
        BEGIN SELECT RAISE(ABORT, 'a batch is never changed'); END;
        CREATE TRIGGER batch_is_never_deleted BEFORE DELETE ON batch
        BEGIN SELECT RAISE(ABORT, 'a batch is never deleted'); END;

        """

    private static let stock = """
        CREATE TABLE sku (
            id INTEGER PRIMARY KEY,
            code TEXT NOT NULL UNIQUE CHECK (length(code) > 0),
            description TEXT NOT NULL DEFAULT '',
            unit TEXT NOT NULL DEFAULT 'each',
            multiple INTEGER NOT NULL DEFAULT 1 CHECK (multiple > 0),
            unit_weight INTEGER NOT NULL DEFAULT 0 CHECK (unit_weight >= 0),
            length INTEGER CHECK (length > 0),
            width INTEGER CHECK (width > 0),
            height INTEGER CHECK (height > 0),
            freight_class INTEGER NOT NULL DEFAULT 700 CHECK (freight_class BETWEEN 500 AND 5000),
            is_lot_tracked INTEGER NOT NULL DEFAULT 0 CHECK (is_lot_tracked IN (0, 1)),
            safety_stock INTEGER NOT NULL DEFAULT 0 CHECK (safety_stock >= 0),
            CHECK ((length IS NULL) = (width IS NULL) AND (width IS NULL) = (height IS NULL))
        ) STRICT;

        CREATE TRIGGER sku_keeps_its_identity BEFORE UPDATE OF id, code ON sku
        WHEN NEW.id <> OLD.id OR NEW.code <> OLD.code
        BEGIN SELECT RAISE(ABORT, 'a SKU keeps its code'); END;
        CREATE TRIGGER sku_keeps_its_lot_tracking BEFORE UPDATE OF is_lot_tracked ON sku
        WHEN NEW.is_lot_tracked <> OLD.is_lot_tracked
            AND EXISTS (SELECT 1 FROM stock WHERE sku = OLD.id)
        BEGIN SELECT RAISE(ABORT, 'a SKU with stock keeps its lot tracking'); END;

        -- One row for each SKU, or for each lot of a SKU kept by lot. `lot` is '' where none are
        -- kept. `entry` is the last entry of the journal that changed the row.
        CREATE TABLE stock (
            sku INTEGER NOT NULL REFERENCES sku (id),
            lot TEXT NOT NULL DEFAULT '',
            on_hand INTEGER NOT NULL DEFAULT 0 CHECK (on_hand BETWEEN 0 AND 1000000000),
            held INTEGER NOT NULL DEFAULT 0 CHECK (held >= 0),
            allocated INTEGER NOT NULL DEFAULT 0 CHECK (allocated >= 0),
            entry INTEGER REFERENCES journal_entry (id),
            expires INTEGER,
            is_quarantined INTEGER NOT NULL DEFAULT 0 CHECK (is_quarantined IN (0, 1)),
            certificates TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (sku, lot),
            CHECK (lot <> '' OR (expires IS NULL AND is_quarantined = 0 AND certificates = '')),
            CHECK (entry IS NOT NULL OR (on_hand = 0 AND held = 0 AND allocated = 0))
        ) STRICT, WITHOUT ROWID;

        -- Every change of stock, in order, for good. `previous` is the entry before it of the
        -- same row, so that a row's history is a walk back from `stock.entry`.
        CREATE TABLE journal_entry (
            id INTEGER PRIMARY KEY,
            batch INTEGER NOT NULL,
            sku INTEGER NOT NULL,
            lot TEXT NOT NULL,
            kind TEXT NOT NULL,
            on_hand_delta INTEGER NOT NULL,
            held_delta INTEGER NOT NULL,
            allocated_delta INTEGER NOT NULL,
            previous INTEGER,
            coordinator INTEGER REFERENCES coordinator (id),
            tx INTEGER,
            who TEXT,
            reason TEXT,
            FOREIGN KEY (sku, lot) REFERENCES stock (sku, lot),
            CHECK (CASE
                WHEN kind IN ('import', 'adjust', 'count', 'receive') THEN
                    held_delta = 0 AND allocated_delta = 0 AND tx IS NULL
                WHEN kind IN ('quarantine', 'clear') THEN
                    on_hand_delta = 0 AND held_delta = 0 AND allocated_delta = 0 AND tx IS NULL
                WHEN kind = 'hold' THEN
                    on_hand_delta = 0 AND held_delta > 0 AND allocated_delta = 0
                    AND tx IS NOT NULL
                WHEN kind = 'vote' THEN
                    on_hand_delta = 0 AND held_delta = 0 AND allocated_delta = 0
                    AND tx IS NOT NULL
                WHEN kind = 'confirm' THEN
                    on_hand_delta = 0 AND held_delta < 0 AND allocated_delta = -held_delta
                    AND tx IS NOT NULL
                WHEN kind = 'release' THEN
                    on_hand_delta = 0 AND held_delta <= 0 AND allocated_delta <= 0
                    AND held_delta + allocated_delta < 0 AND tx IS NOT NULL
                WHEN kind = 'expire' THEN
                    on_hand_delta = 0 AND held_delta < 0 AND allocated_delta = 0
                    AND tx IS NOT NULL
                WHEN kind = 'ship' THEN
                    on_hand_delta < 0 AND held_delta = 0 AND allocated_delta = on_hand_delta
                    AND tx IS NOT NULL
                WHEN kind = 'restore' THEN
                    on_hand_delta = 0 AND held_delta = 0 AND allocated_delta > 0
                    AND tx IS NOT NULL
                ELSE 0 END),
            CHECK ((tx IS NULL) = (coordinator IS NULL))
        ) STRICT;

        """

    private static let reservations = """
        -- A released vote leaves no row; a released allocation keeps its own until the
        -- coordinator's watermark has passed it.
        CREATE TABLE reservation (
            tx INTEGER NOT NULL CHECK (tx >= 0),
            coordinator INTEGER NOT NULL REFERENCES coordinator (id),
            order_id TEXT NOT NULL CHECK (length(order_id) > 0),
            status TEXT NOT NULL CHECK (
                status IN ('held', 'voted', 'confirmed', 'released', 'expired', 'shipped')),
            participants TEXT NOT NULL,
            batch INTEGER NOT NULL,
            PRIMARY KEY (tx, coordinator)
        ) STRICT, WITHOUT ROWID;

        -- What a site asks about is few among many: only those without an outcome are indexed.
        CREATE INDEX reservation_in_doubt ON reservation (batch) WHERE status = 'voted';

        CREATE TABLE reservation_line (
            tx INTEGER NOT NULL,
            coordinator INTEGER NOT NULL,
            sku INTEGER NOT NULL,
            lot TEXT NOT NULL,
            quantity INTEGER NOT NULL CHECK (quantity > 0),
            PRIMARY KEY (tx, coordinator, sku, lot),
            FOREIGN KEY (tx, coordinator) REFERENCES reservation (tx, coordinator)
                ON DELETE CASCADE,
            FOREIGN KEY (sku, lot) REFERENCES stock (sku, lot)
        ) STRICT, WITHOUT ROWID;

        """

    private static let triggers = """
        CREATE TRIGGER stock_begins_empty BEFORE INSERT ON stock
        WHEN NEW.on_hand <> 0 OR NEW.held <> 0 OR NEW.allocated <> 0 OR NEW.entry IS NOT NULL
            OR (NEW.lot <> '') <> (SELECT is_lot_tracked FROM sku WHERE id = NEW.sku)
        BEGIN
            SELECT RAISE(ABORT, 'I8: stock begins empty, and by lot where its SKU is kept by lot');
        END;

        CREATE TRIGGER stock_follows_the_journal
        BEFORE UPDATE OF sku, lot, on_hand, held, allocated, entry ON stock
        WHEN NOT EXISTS (
            SELECT 1 FROM journal_entry AS e
            WHERE e.id = NEW.entry AND e.sku = NEW.sku AND e.lot = NEW.lot
                AND e.sku = OLD.sku AND e.lot = OLD.lot AND e.previous IS OLD.entry
                AND (OLD.entry IS NULL OR e.id > OLD.entry)
                AND NEW.on_hand = OLD.on_hand + e.on_hand_delta
                AND NEW.held = OLD.held + e.held_delta
                AND NEW.allocated = OLD.allocated + e.allocated_delta)
        BEGIN SELECT RAISE(ABORT, 'I8: stock changes by an entry of the journal only'); END;

        CREATE TRIGGER stock_with_history_is_kept BEFORE DELETE ON stock
        WHEN OLD.entry IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'I8: stock with a history is never deleted'); END;

        -- One trigger, because the checks must see what the update has made.
        CREATE TRIGGER journal_entry_changes_stock AFTER INSERT ON journal_entry
        BEGIN
            SELECT RAISE(ABORT, 'an entry belongs to the batch being written')
            WHERE NEW.batch <> (SELECT ifnull(max(lsn), 0) + 1 FROM batch);
            UPDATE stock SET
                on_hand = on_hand + NEW.on_hand_delta, held = held + NEW.held_delta,
                allocated = allocated + NEW.allocated_delta, entry = NEW.id
            WHERE sku = NEW.sku AND lot = NEW.lot;
            SELECT RAISE(ABORT, 'I1: the lot has fewer units than that to promise')
            FROM stock WHERE NEW.kind = 'hold' AND sku = NEW.sku AND lot = NEW.lot
                AND (held + allocated > on_hand OR is_quarantined);
            SELECT RAISE(ABORT, 'I3: the hold would cut into the safety stock')
            WHERE NEW.kind = 'hold' AND (
                SELECT sum(on_hand - held - allocated) FROM stock
                WHERE sku = NEW.sku AND is_quarantined = 0
            ) < (SELECT safety_stock FROM sku WHERE id = NEW.sku);
        END;

        CREATE TRIGGER journal_entry_is_never_changed BEFORE UPDATE ON journal_entry
        BEGIN SELECT RAISE(ABORT, 'I8: an entry of the journal is never changed'); END;
        CREATE TRIGGER journal_entry_is_never_deleted BEFORE DELETE ON journal_entry
        BEGIN SELECT RAISE(ABORT, 'I8: an entry of the journal is never deleted'); END;

        CREATE TRIGGER reservation_begins_open BEFORE INSERT ON reservation
        WHEN NEW.status NOT IN ('held', 'voted', 'confirmed')
            OR NEW.tx < (SELECT ended_below FROM coordinator WHERE id = NEW.coordinator)
        BEGIN SELECT RAISE(ABORT, 'a reservation begins open, and not after its attempt ended'); END;

        CREATE TRIGGER reservation_keeps_its_law BEFORE UPDATE ON reservation
        WHEN NOT (OLD.status || '>' || NEW.status IN (
                'held>voted', 'held>released', 'held>expired', 'voted>confirmed',
                'voted>released', 'confirmed>released', 'confirmed>shipped'))
            OR NEW.tx <> OLD.tx OR NEW.coordinator <> OLD.coordinator
            OR NEW.order_id <> OLD.order_id OR NEW.participants <> OLD.participants
        BEGIN SELECT RAISE(ABORT, 'I4: the law of a reservation forbids that change'); END;

        CREATE TRIGGER reservation_moves_its_stock AFTER UPDATE OF status ON reservation
        BEGIN
            INSERT INTO journal_entry (
                batch, sku, lot, kind, on_hand_delta, held_delta, allocated_delta, previous,
                coordinator, tx)
            SELECT NEW.batch, l.sku, l.lot,
                CASE NEW.status
                    WHEN 'voted' THEN 'vote' WHEN 'confirmed' THEN 'confirm'
                    WHEN 'released' THEN 'release' WHEN 'expired' THEN 'expire'
                    WHEN 'shipped' THEN 'ship' END,
                CASE NEW.status WHEN 'shipped' THEN -l.quantity ELSE 0 END,
                CASE WHEN NEW.status = 'voted' OR OLD.status = 'confirmed' THEN 0
                    ELSE -l.quantity END,
                CASE WHEN NEW.status = 'confirmed' THEN l.quantity
                    WHEN OLD.status = 'confirmed' THEN -l.quantity ELSE 0 END,
                s.entry, NEW.coordinator, NEW.tx
            FROM reservation_line AS l JOIN stock AS s ON s.sku = l.sku AND s.lot = l.lot
            WHERE l.tx = NEW.tx AND l.coordinator = NEW.coordinator;
        END;

        CREATE TRIGGER reservation_with_stock_is_kept BEFORE DELETE ON reservation
        WHEN OLD.status NOT IN ('released', 'expired', 'shipped')
        BEGIN SELECT RAISE(ABORT, 'I4: a reservation with stock is never forgotten'); END;

        CREATE TRIGGER reservation_line_holds_its_stock AFTER INSERT ON reservation_line
        BEGIN
            INSERT INTO journal_entry (
                batch, sku, lot, kind, on_hand_delta, held_delta, allocated_delta, previous,
                coordinator, tx)
            SELECT r.batch, NEW.sku, NEW.lot,
                CASE r.status WHEN 'held' THEN 'hold' WHEN 'voted' THEN 'hold'
                    WHEN 'confirmed' THEN 'restore' END,
                0, CASE r.status WHEN 'confirmed' THEN 0 ELSE NEW.quantity END,
                CASE r.status WHEN 'confirmed' THEN NEW.quantity ELSE 0 END,
                s.entry, NEW.coordinator, NEW.tx
            FROM reservation AS r, stock AS s
            WHERE r.tx = NEW.tx AND r.coordinator = NEW.coordinator
                AND s.sku = NEW.sku AND s.lot = NEW.lot;
        END;

        CREATE TRIGGER reservation_line_is_never_changed BEFORE UPDATE ON reservation_line
        BEGIN SELECT RAISE(ABORT, 'I8: a reservation''s line is never changed'); END;
        CREATE TRIGGER reservation_line_is_kept BEFORE DELETE ON reservation_line
        WHEN EXISTS (
            SELECT 1 FROM reservation WHERE tx = OLD.tx AND coordinator = OLD.coordinator)
        BEGIN SELECT RAISE(ABORT, 'I8: a line goes only with its reservation'); END;

        """

    private static let calendar = """
        CREATE TABLE cutoff (
            service TEXT NOT NULL DEFAULT '',
            weekday INTEGER NOT NULL CHECK (weekday BETWEEN 1 AND 7),
            minutes INTEGER NOT NULL CHECK (minutes BETWEEN 0 AND 1439),
            PRIMARY KEY (service, weekday)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE holiday (
            date INTEGER PRIMARY KEY,
            name TEXT NOT NULL
        ) STRICT;

        -- What a carrier charges, as it was imported: the files are kept word for word. The
        -- highest version of a service that has come into effect is the one that counts.
        CREATE TABLE rate_card (
            service TEXT NOT NULL CHECK (length(service) > 0),
            version INTEGER NOT NULL CHECK (version >= 1),
            effective INTEGER NOT NULL,
            carrier TEXT NOT NULL,
            level TEXT NOT NULL,
            divisor INTEGER NOT NULL CHECK (divisor > 0),
            packages_maximum INTEGER NOT NULL CHECK (packages_maximum > 0),
            fuel_basis_points INTEGER NOT NULL CHECK (fuel_basis_points >= 0),
            residential_surcharge INTEGER NOT NULL CHECK (residential_surcharge >= 0),
            handling INTEGER NOT NULL CHECK (handling >= 0),
            transit_days INTEGER NOT NULL CHECK (transit_days >= 0),
            transit_days_by_zone TEXT NOT NULL DEFAULT '',
            chart TEXT,
            zone_column TEXT NOT NULL DEFAULT 'zone',
            rates TEXT NOT NULL,
            PRIMARY KEY (service, version)
        ) STRICT;

        CREATE TRIGGER rate_card_is_never_changed BEFORE UPDATE ON rate_card
        BEGIN SELECT RAISE(ABORT, 'a rate card is replaced by a later version'); END;

        """
}
