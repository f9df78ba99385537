import Postgres
import Testing

@testable import CustomerCare

/// The rules that let one schema run on one machine and distributed (docs/decisions/0005).
@Suite("Schema")
struct SchemaLintTests {
    /// Where a table lives when the database is distributed.
    private enum Placement: Equatable {
        case reference
        case distributed(by: String)
    }

    /// What the migrations declare of the distribution, by table.
    private static func placements() throws -> [String: Placement] {
        let sql = Schema.migrations.map(\.sql).joined(separator: "\n")
        var placements: [String: Placement] = [:]
        let lists =
            #/
            perform\ create_(reference|distributed)_table\(name(?:,\ '(\w+)')?\)[^\[]*\[([^\]]*)
            /#
        for match in sql.matches(of: lists) {
            for name in match.3.matches(of: /'(\w+)'/) {
                placements[String(name.1)] =
                    match.2.map { .distributed(by: String($0)) } ?? .reference
            }
        }
        for match in sql.matches(of: /create_distributed_table\('(\w+)', '(\w+)'\)/) {
            placements[String(match.1)] = .distributed(by: String(match.2))
        }
        return placements
    }

    /// The migrator's own table, and one that is filled on one machine only: they live on the
    /// coordinator.
    private static let undistributed: Set<String> = ["schema_migrations", "arriving_bills"]
    /// Read as wholes and never by a key, which would cost more than the rows.
    private static let keyless: Set<String> = [
        "staged_bills", "staged_bill_changes", "arriving_bills",
    ]

    @Test("every table is placed by the distribution, and nothing else is")
    func tablesArePlaced() async throws {
        let rows = try await TestDatabase.shared().script(
            """
            select relname from pg_class
            where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
                and not relispartition
            """)
        let tables = Set(rows.compactMap { $0[0] })
        #expect(tables.subtracting(Self.undistributed) == Set(try Self.placements().keys))
    }

    @Test("every primary key and unique index holds the distribution column (rule 1)")
    func keys() async throws {
        let placements = try Self.placements()
        let rows = try await TestDatabase.shared().script(
            """
            select t.relname, i.relname, (
                select string_agg(a.attname, ',') from pg_attribute a
                where a.attrelid = t.oid and a.attnum = any(x.indkey))
            from pg_index x
            join pg_class t on t.oid = x.indrelid
            join pg_class i on i.oid = x.indexrelid
            where t.relnamespace = 'public'::regnamespace and x.indisunique
                and not t.relispartition
            """)
        #expect(rows.count >= placements.count)
        for row in rows {
            guard let table = row[0], case .distributed(let column)? = placements[table] else {
                continue
            }
            let columns = (row[2] ?? "").split(separator: ",").map(String.init)
            #expect(columns.contains(column), "\(row[1] ?? "") of \(table) lacks \(column)")
        }
        let keyless = try await TestDatabase.shared().script(
            """
            select relname from pg_class t
            where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
                and not exists (select from pg_index x where x.indrelid = t.oid and x.indisprimary)
            """)
        #expect(Set(keyless.compactMap { $0[0] }) == Self.keyless)
    }

    @Test("no id comes from a sequence (rule 2)")
    func sequences() async throws {
        let rows = try await TestDatabase.shared().script(
            """
            select relname from pg_class
            where relnamespace = 'public'::regnamespace and relkind = 'S'
            union all
            select attrelid::regclass || '.' || attname from pg_attribute
            join pg_class on pg_class.oid = attrelid
            where relnamespace = 'public'::regnamespace and attidentity <> ''
            union all
            select adrelid::regclass::text from pg_attrdef
            where pg_get_expr(adbin, adrelid) like '%nextval%'
            """)
        #expect(rows.isEmpty, "\(rows)")
    }

    @Test("foreign keys stay beside the distribution column or lead to a reference table (rule 3)")
    func foreignKeys() async throws {
        let placements = try Self.placements()
        let rows = try await TestDatabase.shared().script(
            """
            select c.conname, c.conrelid::regclass, c.confrelid::regclass, (
                select string_agg(a.attname, ',') from pg_attribute a
                where a.attrelid = c.conrelid and a.attnum = any(c.conkey))
            from pg_constraint c where c.contype = 'f' and c.conparentid = 0
            """)
        #expect(!rows.isEmpty)
        for row in rows {
            let from = placements[row[1] ?? ""]
            let to = placements[row[2] ?? ""]
            if to == .reference { continue }
            #expect(from == to, "\(row[0] ?? "")")
            guard case .distributed(let column)? = from else { continue }
            let columns = (row[3] ?? "").split(separator: ",").map(String.init)
            #expect(columns.contains(column), "\(row[0] ?? "")")
        }
    }

    @Test("nothing happens behind a statement's back: no triggers, no rules (rule 7)")
    func triggersAndRules() async throws {
        let rows = try await TestDatabase.shared().script(
            """
            select tgname from pg_trigger where not tgisinternal
            union all
            select rulename from pg_rewrite join pg_class on pg_class.oid = ev_class
            where relnamespace = 'public'::regnamespace and relkind not in ('v', 'm')
            """)
        #expect(rows.isEmpty, "\(rows)")
    }

    @Test("a statement writes once; what needs two writes needs a transaction (rule 5)")
    func oneWrite() {
        for statement in Statements.all {
            let writes = statement.code.matches(of: /\b(insert into|delete from|update \w+ set)\b/)
            #expect(writes.count <= 1, "\(statement.name)")
            #expect(!statement.code.contains(";"), "\(statement.name)")
        }
    }

    @Test("what is written outside of a transaction of its own can be repeated (rule 5)")
    func auditIsRepeatable() throws {
        for name in ["audit_insert", "put_account_claim"] {
            let statement = try #require(Statements.all.first { $0.name == name })
            #expect(statement.code.contains(/on conflict (\(\w+\) )?do nothing/), "\(name)")
        }
    }

    @Test("no update takes the time or chance from the server (rule 6)")
    func volatileFunctions() async throws {
        let rows = try await TestDatabase.shared().script(
            """
            select distinct proname from pg_proc where provolatile = 'v'
            union values ('now'), ('statement_timestamp'), ('transaction_timestamp')
            """)
        let functions = Set(rows.compactMap { $0[0] })
        #expect(functions.isSuperset(of: ["random", "clock_timestamp", "gen_random_uuid"]))
        let words: Set<String> = [
            "current_timestamp", "current_date", "current_time", "localtimestamp", "localtime",
        ]
        func volatile(in code: String) -> [String] {
            let called = code.matches(of: /\b(\w+)\s*\(/).map { String($0.1) }
            let read = code.matches(of: /\b\w+\b/).map { String($0.0) }
            return called.filter(functions.contains) + read.filter(words.contains)
        }
        let example = "update a set b = now(), c = current_date"
        #expect(volatile(in: example) == ["now", "current_date"])
        for statement in Statements.all
        where statement.code.contains(/\b(do update|update \w+( as)?( \w+)? set)\b/) {
            let found = volatile(in: statement.code)
            #expect(found.isEmpty, "\(statement.name): \(found)")
        }
    }

    @Test("rows are skipped only within one slot of a queue (rule 8)")
    func skipLocked() {
        for statement in Statements.all where statement.code.contains("skip locked") {
            #expect(statement.code.contains(/\bslot = \$\d/), "\(statement.name)")
        }
    }

    @Test("what reads a table of months says from which month on (rule 10)")
    func months() async throws {
        let rows = try await TestDatabase.shared().script(
            "select partrelid::regclass from pg_partitioned_table order by 1::text")
        let partitioned = rows.compactMap { $0[0] }
        #expect(partitioned == ["bills", "notifications", "readings"])
        for table in partitioned {
            let use = try Regex(
                "\\b(?:from|join|update|using) \(table) (?:as )?(\\w+)",
                as: (Substring, Substring).self)
            var count = 0
            for statement in Statements.all {
                for match in statement.code.matches(of: use) {
                    count += 1
                    let bound = try Regex("\\b\(match.1)\\.month (=|>=|>) \\$\\d")
                    #expect(statement.code.contains(bound), "\(statement.name)")
                }
            }
            #expect(count >= 3)
        }
    }

    @Test("the service's role rewrites neither the audit nor bills (rule 7)")
    func privileges() async throws {
        let rows = try await TestDatabase.shared().script(
            """
            select relname, privilege from pg_class,
                unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES',
                    'TRIGGER']) as privilege
            where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
                and has_table_privilege('customer_care_service', pg_class.oid, privilege)
            """)
        var granted: [String: Set<String>] = [:]
        for row in rows { granted[row[0] ?? "", default: []].insert(row[1] ?? "") }
        let readOnly = [
            "clients", "client_secrets", "schema_migrations",
        ]
        for table in readOnly { #expect(granted[table] == ["SELECT"], "\(table)") }
        let appendOnly = [
            "managing_units",
            "bills", "bill_balances", "audit_events", "ledger_entries", "provider_transactions",
            "payment_events",
            "payment_tasks", "staff_actions", "service_request_events", "outage_incident_codes",
        ]
        for table in appendOnly { #expect(granted[table] == ["SELECT", "INSERT"], "\(table)") }
        #expect(granted["payments"] == ["SELECT", "INSERT", "UPDATE"])
        for (table, privileges) in granted {
            #expect(privileges.isSubset(of: ["SELECT", "INSERT", "UPDATE", "DELETE"]), "\(table)")
            #expect(!table.contains(/_\d{4}_\d{2}$/), "\(table) is reached by its parent only")
        }
        let roles = try await TestDatabase.shared().script(
            """
            select rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls,
                has_schema_privilege(rolname, 'public', 'CREATE')
            from pg_roles where rolname = 'customer_care_service'
            """)
        #expect(roles == [["f", "f"]])
    }
}
