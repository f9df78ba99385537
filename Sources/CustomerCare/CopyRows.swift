import Electricity
import Postgres

/// Rows in the binary format of COPY (PostgreSQL documentation, COPY, "Binary Format").
struct CopyRows {
    private(set) var bytes: [UInt8]
    private let fieldCount: Int16

    /// What stands before the first row.
    static let header = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00, 0, 0, 0, 0, 0, 0, 0, 0]
    /// What stands behind the last one.
    static let trailer: [UInt8] = [0xFF, 0xFF]

    /// Begins rows of so many fields: all of them, or a part from the middle without the header.
    init(fieldCount: Int16, isPart: Bool = false) {
        self.fieldCount = fieldCount
        bytes = isPart ? [] : CopyRows.header
    }

    /// Hands out what is there, to be sent on; what follows belongs to the same data.
    mutating func take() -> [UInt8] {
        let taken = bytes
        bytes.removeAll(keepingCapacity: true)
        return taken
    }

    /// Begins a row; as many fields must follow.
    mutating func row() { append(fieldCount) }

    /// Ends the data.
    mutating func finish() { bytes += CopyRows.trailer }

    mutating func text(_ value: String) {
        append(Int32(truncatingIfNeeded: value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    mutating func text(_ value: String?) {
        if let value { text(value) } else { null() }
    }

    mutating func blob(_ value: [UInt8]) { field(value) }

    mutating func blob(_ value: [UInt8]?) {
        if let value { field(value) } else { null() }
    }

    mutating func int16(_ value: Int) {
        field(Int16(truncatingIfNeeded: value))
    }

    mutating func int32(_ value: Int64) {
        field(Int32(truncatingIfNeeded: value))
    }

    mutating func int64(_ value: Int64) {
        field(value)
    }

    mutating func bool(_ value: Bool) { field([value ? 1 : 0]) }

    /// Days since 2000, where PostgreSQL begins to count.
    mutating func date(_ value: LocalDate) { int32(Int64(value.daysSince1970 - 10_957)) }

    mutating func date(_ value: LocalDate?) {
        if let value { date(value) } else { null() }
    }

    /// Microseconds since 2000.
    mutating func timestamp(_ value: Instant) {
        int64(value.microsecondsSince1970 - 946_684_800_000_000)
    }

    mutating func timestamp(_ value: Instant?) {
        if let value { timestamp(value) } else { null() }
    }

    /// An instant; nil is PostgreSQL's `infinity`.
    mutating func timestamp(orInfinity value: Instant?) {
        if let value { timestamp(value) } else { int64(.max) }
    }

    mutating func uuid(_ value: UUID) {
        append(Int32(16))
        append(Int64(bitPattern: value.high))
        append(Int64(bitPattern: value.low))
    }

    mutating func null() { append(Int32(-1)) }

    private mutating func field(_ value: [UInt8]) {
        append(Int32(truncatingIfNeeded: value.count))
        bytes.append(contentsOf: value)
    }

    private mutating func field(_ value: some FixedWidthInteger) {
        bytes.append(addingCapacity: 4 + value.bitWidth / 8) { output in
            CopyRows.append(Int32(truncatingIfNeeded: value.bitWidth / 8), to: &output)
            CopyRows.append(value, to: &output)
        }
    }

    private mutating func append(_ value: some FixedWidthInteger) {
        bytes.append(addingCapacity: value.bitWidth / 8) { CopyRows.append(value, to: &$0) }
    }

    private static func append(
        _ value: some FixedWidthInteger, to output: inout OutputSpan<UInt8>
    ) {
        for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
            output.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
