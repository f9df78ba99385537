import Electricity
import Postgres

/// The SQL that keeps tariffs in a database: a version is the document, and its rows taken out of
/// it by the database.
enum TariffStatements {
    static let newest = Statement<StoredTariffs>(
        "tariff_newest",
        """
        -- One row: the newest version behind version $1; no row when there is none.
        select version, document, source, loaded_at
        from tariff_versions
        where version > $1
        order by version desc
        limit 1
        """)

    static let insert = Command(
        "tariff_insert_version",
        """
        -- The document of version $1 as it was written.
        insert into tariff_versions (version, document, checked_through, source, loaded_at)
        values ($1, $2::json, $3, $4, $5)
        """)

    static let tariffs = Command(
        "tariff_insert_tariffs",
        """
        -- The decisions of version $1, in force or draft.
        insert into tariffs (version, decision, is_draft, valid_from, valid_to)
        select v.version, e.item ->> 'decision', e.is_draft, (e.item ->> 'validFrom')::date,
            (e.item ->> 'validTo')::date
        from tariff_versions v
        cross join lateral (
            select item, false from json_array_elements(v.document -> 'tariffs') list (item)
            union all
            select item, true from json_array_elements(v.document -> 'drafts') list (item)
        ) e (item, is_draft)
        where v.version = $1
        """)

    static let prices = Command(
        "tariff_insert_prices",
        """
        -- What each decision of version $1 makes each category pay.
        insert into tariff_prices (version, decision, category, confidence, prices)
        select v.version, e.item ->> 'decision', p.category, p.confidence, p.prices
        from tariff_versions v
        cross join lateral (
            select item from json_array_elements(v.document -> 'tariffs') list (item)
            union all
            select item from json_array_elements(v.document -> 'drafts') list (item)
        ) e
        cross join lateral (
            select 'residential', e.item -> 'residential' ->> 'confidence',
                e.item -> 'residential' -> 'tiers'
            union all
            select 'residentialPrepaid', e.item #>> '{residential,prepaid,confidence}',
                e.item #> '{residential,prepaid}'
            where json_typeof(e.item #> '{residential,prepaid}') = 'object'
            union all
            select entry ->> 'category', entry ->> 'confidence', entry -> 'classes'
            from json_array_elements(e.item -> 'categories') list (entry)
        ) p (category, confidence, prices)
        where v.version = $1
        """)

    static let vatRates = Command(
        "tariff_insert_vat_rates",
        """
        -- The VAT rates of version $1.
        insert into vat_rates (version, document, valid_from, valid_to, basis_points, confidence)
        select v.version, item ->> 'document', (item ->> 'validFrom')::date,
            (item ->> 'validTo')::date, (item ->> 'basisPoints')::integer, item ->> 'confidence'
        from tariff_versions v
        cross join lateral json_array_elements(v.document -> 'vatRates') list (item)
        where v.version = $1
        """)

    static let reactiveTables = Command(
        "tariff_insert_reactive_tables",
        """
        -- The tables of reactive power of version $1.
        insert into reactive_tables (version, document, valid_from, valid_to, confidence,
            coefficients)
        select v.version, item ->> 'document', (item ->> 'validFrom')::date,
            (item ->> 'validTo')::date, item ->> 'confidence', item -> 'rows'
        from tariff_versions v
        cross join lateral json_array_elements(v.document -> 'reactiveTables') list (item)
        where v.version = $1
        """)
}

/// One version of the tariffs as the database keeps it.
struct StoredTariffs: Row {
    static let columns = ["version", "document", "source", "loaded_at"]

    let version: Int
    /// The text as it was loaded.
    let document: [UInt8]
    /// The file it came from.
    let source: String
    let loadedAt: Instant

    init(_ row: inout RowDecoder) throws(RowError) {
        version = Int(try row.int32())
        document = try row.utf8()
        source = try row.string()
        loadedAt = try row.instant()
    }
}
