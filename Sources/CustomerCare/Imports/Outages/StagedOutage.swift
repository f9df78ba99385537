import Electricity
import JSON
import Postgres
import Signing

/// An outage as planning or dispatch tells it: a line of an import, whole each time.
///
/// What differs from what is known is a new version; people are told of it as of any other. That
/// it was cancelled, or that power is back, stays so until it is denied.
struct StagedOutage: ImportLine {
    static let truths: Set<String> = ["isCancelled"]

    let externalId: String
    let form: OutageForm
    let restoredAt: Instant?
    /// Nil where it is not said.
    let isCancelled: Bool?

    init?(_ value: JSONDocument, _ faults: JSONFaults) {
        guard let object = JSONObject(root: value, faults: faults) else { return nil }
        let id = object.name("externalId", atMost: 60)
        let form = OutageForm(object, faults)
        restoredAt = object.optionalInstant("restoredAt")
        isCancelled = object.optionalBoolean("isCancelled")
        if let form, let restoredAt, restoredAt < form.start {
            object.fault("restoredAt", .outOfRange)
        }
        if restoredAt != nil, isCancelled == true { object.fault("isCancelled", .notAllowed) }
        guard faults.isEmpty, let id, let form else { return nil }
        externalId = id
        self.form = form
    }

    static let fieldCount: Int16 = 11

    func write(
        to rows: inout CopyRows, of found: Import, line: Int64, _ personalData: PersonalData
    ) throws(SigningError) {
        var scopes = JSONWriter(reservingCapacity: 256)
        scopes.array { json in
            for scope in form.scopes { json.element("\(scope.kind.rawValue)/\(scope.value)") }
        }
        rows.row()
        rows.uuid(found.importId)
        rows.int64(line)
        rows.text(externalId)
        rows.text(form.kind.rawValue)
        rows.text(form.place)
        rows.text(form.reason)
        rows.timestamp(form.start)
        rows.timestamp(form.expectedEnd)
        rows.timestamp(restoredAt)
        if let isCancelled { rows.bool(isCancelled) } else { rows.null() }
        rows.blob(scopes.bytes)
    }

    static let copy = Command(
        "staged_outages_copy",
        """
        -- The outages of an import, as they arrive.
        copy staged_outages (import_id, line, external_id, kind, place, reason, starts_at,
            expected_end_at, restored_at, is_cancelled, scopes)
        from stdin (format binary)
        """)

    static let staged = ["staged_outages"]

    static let clear = Command(
        "staged_outages_clear",
        """
        -- What was staged for an import before.
        delete from staged_outages where import_id = $1
        """)
}
