import Electricity
import JSON
import Postgres
import Signing

/// Where a customer hangs in the network, and from when until when: a line of an import.
struct StagedNetworkLink: ImportLine {
    let customerCode: CustomerCode
    let scope: OutageScope
    let value: String
    let validFrom: LocalDate
    /// The last day; nil while it holds.
    let validTo: LocalDate?

    init?(_ value: JSONDocument, _ faults: JSONFaults) {
        guard let object = JSONObject(root: value, faults: faults) else { return nil }
        let customerCode = object.customerCode("customerCode")
        let scope = object.word("kind", OutageScope.self)
        if scope == .customerCode { object.fault("kind", .notAllowed) }
        let name = object.name("value", atMost: 60)
        let validFrom = object.date("validFrom")
        validTo = object.optionalDate("validTo")
        if let validFrom, let validTo, validTo < validFrom { object.fault("validTo", .outOfRange) }
        guard faults.isEmpty, let customerCode, let scope, let name, let validFrom else {
            return nil
        }
        self.customerCode = customerCode
        self.scope = scope
        self.value = name
        self.validFrom = validFrom
    }

    static let fieldCount: Int16 = 7

    func write(
        to rows: inout CopyRows, of found: Import, line: Int64, _ personalData: PersonalData
    ) throws(SigningError) {
        rows.row()
        rows.uuid(found.importId)
        rows.int64(line)
        rows.text(customerCode.text)
        rows.text(scope.rawValue)
        rows.text(value)
        rows.date(validFrom)
        rows.date(validTo)
    }

    // MARK: Steps

    static func faults(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> [FoundFault] {
        try await link.query(faults, .uuid(found.importId))
    }

    static func difference(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> ImportDifference? {
        try await link.query(compare, .uuid(found.importId)).first
    }

    static func commit(
        _ found: Import, at now: Instant, on link: BulkLink
    ) async throws(DatabaseError) {
        let id = Parameter.uuid(found.importId)
        try await ReadingDays.wait(on: link)
        try await link.run(insert, id)
        try await link.run(ReadingDays.ofLinks, ReadingDays.firstMonth(at: now), id)
    }

    static let copy = Command(
        "staged_network_links_copy",
        """
        -- The network links of an import, as they arrive.
        copy staged_network_links (import_id, line, customer_code, scope_kind, scope_value,
            valid_from, valid_to)
        from stdin (format binary)
        """)

    static let staged = ["staged_network_links"]

    static let clear = Command(
        "staged_network_links_clear",
        """
        -- What was staged for an import before.
        delete from staged_network_links where import_id = $1
        """)

    static let faults = Statement<FoundFault>(
        "network_link_import_faults",
        """
        -- Which lines of import $1 do not fit what is known: a thousand.
        -- scan: all of an import is looked at.
        with found as (
            select d.line, '#/value' as field, 'duplicate' as code
            from (
                select line, count(*) over (
                    partition by customer_code, scope_kind, scope_value, valid_from) as times
                from staged_network_links where import_id = $1
            ) d
            where d.times > 1
            union all
            select s.line, '#/customerCode', 'unknown_customer'
            from staged_network_links s
            left join customers c on c.customer_code = s.customer_code
            where s.import_id = $1 and c.customer_code is null
        )
        select line, field, code, count(*) over () as fault_count from found
        order by line, field limit 1000
        """)

    static let compare = Statement<ImportDifference>(
        "network_link_import_compare",
        """
        -- What import $1 would change; what ends is cancelled.
        -- scan: all of an import is looked at.
        select count(*) filter (where n.customer_code is null) as new_count,
            count(*) filter (where n.customer_code is not null
                and n.valid_to is distinct from s.valid_to and s.valid_to is null)
                as corrected_count,
            count(*) filter (where n.customer_code is not null
                and n.valid_to is distinct from s.valid_to and s.valid_to is not null)
                as cancelled_count,
            count(*) filter (where n.customer_code is not null
                and n.valid_to is not distinct from s.valid_to) as unchanged_count,
            0::bigint as total, 0::bigint as message_count
        from staged_network_links s
        left join network_links n on n.customer_code = s.customer_code
            and n.scope_kind = s.scope_kind and n.scope_value = s.scope_value
            and n.valid_from = s.valid_from
        where s.import_id = $1
        """)

    static let insert = Command(
        "network_link_import_insert",
        """
        -- The links of import $1; those that have not changed are not written.
        -- scan: all of an import is looked at.
        insert into network_links as n (customer_code, scope_kind, scope_value, valid_from,
            valid_to)
        select customer_code, scope_kind, scope_value, valid_from, valid_to
        from staged_network_links where import_id = $1
        on conflict (customer_code, scope_kind, scope_value, valid_from) do update
        set valid_to = excluded.valid_to
        where n.valid_to is distinct from excluded.valid_to
        """)
}
