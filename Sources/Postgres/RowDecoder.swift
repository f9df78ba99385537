internal import CLibPQ

/// Reads the columns of one row of an answer, from left to right, in PostgreSQL's binary format.
///
/// It cannot be kept: it borrows the answer for the time of one initialiser of a row.
@safe
package struct RowDecoder: ~Copyable {
    typealias TypeOID = ParameterBuffer.TypeOID

    private let result: OpaquePointer
    private let row: Int32
    private let columnCount: Int32
    private var column: Int32 = 0

    init(result: OpaquePointer, row: Int32, columnCount: Int32) {
        unsafe self.result = unsafe result
        self.row = row
        self.columnCount = columnCount
    }

    /// Passes over a column.
    package mutating func skip() throws(RowError) {
        guard column < columnCount else { throw error(.missing, at: column) }
        column += 1
    }

    /// Whether the next column is NULL; does not pass over it.
    package func isNull() throws(RowError) -> Bool {
        guard column < columnCount else { throw error(.missing, at: column) }
        return unsafe PQgetisnull(result, row, column) == 1
    }

    // MARK: Text and bytes

    /// Reads text, `varchar`, `name`, an enum, or the text of `json` and `jsonb`.
    package mutating func string() throws(RowError) -> String {
        try required(optionalString())
    }

    /// Reads text, `varchar`, `name`, an enum, or the text of `json` and `jsonb`, or NULL.
    package mutating func optionalString() throws(RowError) -> String? {
        guard let field = unsafe try field(RowDecoder.isText) else { return nil }
        return unsafe String(decoding: field, as: UTF8.self)
    }

    /// Reads the UTF-8 of what `string` reads, ready to be written into an answer.
    package mutating func utf8() throws(RowError) -> [UInt8] {
        try required(optionalUTF8())
    }

    /// Reads the UTF-8 of what `string` reads, or NULL.
    package mutating func optionalUTF8() throws(RowError) -> [UInt8]? {
        guard let field = unsafe try field(RowDecoder.isText) else { return nil }
        return unsafe [UInt8](field)
    }

    /// Reads a `bytea`.
    package mutating func bytes() throws(RowError) -> [UInt8] {
        try required(optionalBytes())
    }

    /// Reads a `bytea` or NULL.
    package mutating func optionalBytes() throws(RowError) -> [UInt8]? {
        guard let field = unsafe try field({ $0 == TypeOID.bytea }) else { return nil }
        return unsafe [UInt8](field)
    }

    // MARK: Numbers

    /// Reads an `int8`, `int4` or `int2`.
    package mutating func int64() throws(RowError) -> Int64 {
        try required(optionalInt64())
    }

    /// Reads an `int8`, `int4` or `int2`, or NULL.
    package mutating func optionalInt64() throws(RowError) -> Int64? {
        let accepted = { (oid: UInt32) in
            oid == TypeOID.int8 || oid == TypeOID.int4 || oid == TypeOID.int2
        }
        guard let field = unsafe try field(accepted) else { return nil }
        switch field.count {
        case 8: return unsafe BigEndian.int64(field, at: 0)
        case 4: return Int64(unsafe BigEndian.int32(field, at: 0))
        case 2: return Int64(unsafe BigEndian.int16(field, at: 0))
        default: throw error(.malformed)
        }
    }

    /// Reads an `int4` or `int2`.
    package mutating func int32() throws(RowError) -> Int32 {
        try required(optionalInt32())
    }

    /// Reads an `int4` or `int2`, or NULL.
    package mutating func optionalInt32() throws(RowError) -> Int32? {
        let accepted = { (oid: UInt32) in oid == TypeOID.int4 || oid == TypeOID.int2 }
        guard let field = unsafe try field(accepted) else { return nil }
        switch field.count {
        case 4: return unsafe BigEndian.int32(field, at: 0)
        case 2: return Int32(unsafe BigEndian.int16(field, at: 0))
        default: throw error(.malformed)
        }
    }

    /// Reads a truth value.
    package mutating func bool() throws(RowError) -> Bool {
        try required(optionalBool())
    }

    /// Reads a truth value or NULL.
    package mutating func optionalBool() throws(RowError) -> Bool? {
        guard let field = unsafe try field(of: TypeOID.bool, length: 1) else { return nil }
        return unsafe field[0] != 0
    }

    // MARK: UUIDs and times

    /// Reads a UUID.
    package mutating func uuid() throws(RowError) -> UUID {
        try required(optionalUUID())
    }

    /// Reads a UUID or NULL.
    package mutating func optionalUUID() throws(RowError) -> UUID? {
        guard let field = unsafe try field(of: TypeOID.uuid, length: 16) else { return nil }
        return unsafe BigEndian.uuid(field, at: 0)
    }

    /// Reads a date as days since 1970-01-01.
    package mutating func date() throws(RowError) -> Int32 {
        try required(optionalDate())
    }

    /// Reads a date as days since 1970-01-01, or NULL; an infinite one is out of range.
    package mutating func optionalDate() throws(RowError) -> Int32? {
        guard let field = unsafe try field(of: TypeOID.date, length: 4) else { return nil }
        let days = unsafe BigEndian.int32(field, at: 0)
        guard days != .min, days != .max else { throw error(.range) }
        let (shifted, overflow) = days.addingReportingOverflow(ParameterBuffer.epochDays)
        guard !overflow else { throw error(.range) }
        return shifted
    }

    /// Reads a `timestamptz` (or a `timestamp` in UTC) as microseconds since 1970-01-01T00:00Z.
    package mutating func timestamp() throws(RowError) -> Int64 {
        try required(optionalTimestamp())
    }

    /// Reads what `timestamp` reads, or NULL; an infinite one is out of range.
    package mutating func optionalTimestamp() throws(RowError) -> Int64? {
        let accepted = { (oid: UInt32) in
            oid == TypeOID.timestamptz || oid == TypeOID.timestamp
        }
        guard let field = unsafe try field(accepted) else { return nil }
        guard field.count == 8 else { throw error(.malformed) }
        let microseconds = unsafe BigEndian.int64(field, at: 0)
        guard microseconds != .min, microseconds != .max else { throw error(.range) }
        let (shifted, overflow) = microseconds.addingReportingOverflow(
            ParameterBuffer.epochMicroseconds)
        guard !overflow else { throw error(.range) }
        return shifted
    }

    // MARK: Arrays

    /// Reads a `text[]` or `varchar[]` without NULLs.
    package mutating func strings() throws(RowError) -> [String] {
        let accepted = { (oid: UInt32) in
            oid == TypeOID.textArray || oid == TypeOID.varcharArray
        }
        let field = unsafe try array(accepted)
        return unsafe try elements(field) { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// Reads an `int8[]` or `int4[]` without NULLs.
    package mutating func int64s() throws(RowError) -> [Int64] {
        let accepted = { (oid: UInt32) in
            oid == TypeOID.int8Array || oid == TypeOID.int4Array
        }
        let field = unsafe try array(accepted)
        return unsafe try elements(field) { element in
            switch element.count {
            case 8: unsafe BigEndian.int64(element, at: 0)
            case 4: Int64(unsafe BigEndian.int32(element, at: 0))
            default: nil
            }
        }
    }

    /// Reads a `uuid[]` without NULLs.
    package mutating func uuids() throws(RowError) -> [UUID] {
        let field = unsafe try array { $0 == TypeOID.uuidArray }
        return unsafe try elements(field) { element in
            unsafe element.count == 16 ? BigEndian.uuid(element, at: 0) : nil
        }
    }

    /// Reads a `bytea[]` without NULLs.
    package mutating func byteArrays() throws(RowError) -> [[UInt8]] {
        let field = unsafe try array { $0 == TypeOID.byteaArray }
        return unsafe try elements(field) { unsafe [UInt8]($0) }
    }

    private mutating func array(
        _ accepts: (UInt32) -> Bool
    ) throws(RowError) -> UnsafeRawBufferPointer {
        guard let field = unsafe try field(accepts) else { throw error(.null) }
        return unsafe field
    }

    /// Walks through a one-dimensional array (src/backend/utils/adt/arrayfuncs.c, `array_send`).
    private func elements<Element>(
        _ field: UnsafeRawBufferPointer, _ read: (UnsafeRawBufferPointer) -> Element?
    ) throws(RowError) -> [Element] {
        guard field.count >= 12 else { throw error(.malformed) }
        let dimensions = unsafe BigEndian.int32(field, at: 0)
        if dimensions == 0 { return [] }
        guard dimensions == 1, field.count >= 20 else { throw error(.malformed) }
        let count = Int(unsafe BigEndian.int32(field, at: 12))
        guard count >= 0, count <= field.count / 4 else { throw error(.malformed) }
        var elements: [Element] = []
        elements.reserveCapacity(count)
        var offset = 20
        for _ in 0..<count {
            guard offset + 4 <= field.count else { throw error(.malformed) }
            let length = Int(unsafe BigEndian.int32(field, at: offset))
            offset += 4
            if length < 0 { throw error(.null) }
            guard offset + length <= field.count else { throw error(.malformed) }
            let bytes = unsafe UnsafeRawBufferPointer(rebasing: field[offset..<offset + length])
            guard let element = unsafe read(bytes) else { throw error(.malformed) }
            elements.append(element)
            offset += length
        }
        return elements
    }

    // MARK: Fields

    /// Ends the row; a column left unread is a mistake in the row type or the statement.
    func finish() throws(RowError) {
        guard column == columnCount else { throw error(.unread, at: column) }
    }

    private func required<Value>(_ value: Value?) throws(RowError) -> Value {
        guard let value else { throw error(.null) }
        return value
    }

    private mutating func field(
        of oid: UInt32, length: Int
    ) throws(RowError) -> UnsafeRawBufferPointer? {
        guard let field = unsafe try field({ $0 == oid }) else { return nil }
        guard field.count == length else { throw error(.malformed) }
        return unsafe field
    }

    private mutating func field(
        _ accepts: (UInt32) -> Bool
    ) throws(RowError) -> UnsafeRawBufferPointer? {
        guard column < columnCount else { throw error(.missing, at: column) }
        let current = column
        column += 1
        let oid = unsafe PQftype(result, current)
        guard accepts(oid) else { throw error(.type(oid: oid)) }
        if unsafe PQgetisnull(result, row, current) == 1 { return nil }
        let length = Int(unsafe PQgetlength(result, row, current))
        let start = unsafe UnsafeRawPointer(PQgetvalue(result, row, current))
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: length)
        // The binary form of jsonb is a version byte and the text (jsonb_send).
        if oid == TypeOID.jsonb, length > 0 {
            return unsafe UnsafeRawBufferPointer(rebasing: bytes[1...])
        }
        return unsafe bytes
    }

    private static func isText(_ oid: UInt32) -> Bool {
        switch oid {
        case TypeOID.text, TypeOID.varchar, TypeOID.bpchar, TypeOID.name, TypeOID.json,
            TypeOID.jsonb:
            true
        default: oid >= TypeOID.firstOwn
        }
    }

    /// An error of the column read last.
    private func error(_ reason: RowError.Reason) -> RowError {
        error(reason, at: column - 1)
    }

    private func error(_ reason: RowError.Reason, at column: Int32) -> RowError {
        let name = unsafe PQfname(result, column).map { unsafe String(cString: $0) }
        return RowError(column: name ?? "#\(column + 1)", reason: reason)
    }
}
