/// The encoded parameters of one statement: one run of bytes, with each value's place in it.
///
/// A link keeps one and reuses it, so a statement costs no allocation once it has grown.
struct ParameterBuffer {
    /// OIDs of `pg_type` whose binary form is known here.
    enum TypeOID {
        static let bool: UInt32 = 16
        static let bytea: UInt32 = 17
        static let name: UInt32 = 19
        static let int8: UInt32 = 20
        static let int2: UInt32 = 21
        static let int4: UInt32 = 23
        static let text: UInt32 = 25
        static let json: UInt32 = 114
        static let int4Array: UInt32 = 1007
        static let textArray: UInt32 = 1009
        static let varcharArray: UInt32 = 1015
        static let int8Array: UInt32 = 1016
        static let byteaArray: UInt32 = 1001
        static let bpchar: UInt32 = 1042
        static let varchar: UInt32 = 1043
        static let date: UInt32 = 1082
        static let timestamp: UInt32 = 1114
        static let timestamptz: UInt32 = 1184
        static let uuid: UInt32 = 2950
        static let uuidArray: UInt32 = 2951
        static let jsonb: UInt32 = 3802
        /// The first OID given to types of the database's own, such as enums.
        static let firstOwn: UInt32 = 16_384
    }

    /// A value that cannot become the type which the server has inferred.
    enum Fault: Error, Equatable {
        case type(position: Int, oid: UInt32)
        case range(position: Int)
        case nul(position: Int)
        case count(given: Int, wanted: Int)
    }

    /// Where a value lies among the bytes; nil is NULL.
    struct Place {
        let offset: Int?
        let length: Int32
        let isBinary: Bool
    }

    /// Days from 1970-01-01 to PostgreSQL's own epoch, 2000-01-01.
    static let epochDays: Int32 = 10_957
    /// Microseconds from 1970-01-01 to PostgreSQL's own epoch, 2000-01-01.
    static let epochMicroseconds: Int64 = 946_684_800_000_000

    private(set) var bytes: [UInt8] = []
    private(set) var places: [Place] = []

    /// Encodes every parameter for the types the server has inferred.
    mutating func encode(_ parameters: [Parameter], as types: [UInt32]) throws(Fault) {
        bytes.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        guard parameters.count == types.count else {
            throw .count(given: parameters.count, wanted: types.count)
        }
        for index in 0..<parameters.count {
            let start = bytes.count
            let form = try encode(parameters[index], oid: types[index], position: index + 1)
            let length = Int32(truncatingIfNeeded: bytes.count - start)
            switch form {
            case .null: places.append(Place(offset: nil, length: 0, isBinary: true))
            case .binary: places.append(Place(offset: start, length: length, isBinary: true))
            case .text:
                // libpq takes the length of a value in text format from its terminating NUL.
                bytes.append(0)
                places.append(Place(offset: start, length: length, isBinary: false))
            }
        }
    }

    /// The wire format of a value that went into the buffer, or that it is NULL.
    private enum Form {
        case null, binary, text
    }

    private mutating func encode(
        _ parameter: Parameter, oid: UInt32, position: Int
    ) throws(Fault) -> Form {
        switch parameter {
        case .null, .text(nil), .bytes(nil), .int64(nil), .int32(nil), .bool(nil), .uuid(nil),
            .date(nil), .timestamp(nil):
            return .null
        case .text(let value?): return try encode(value, oid: oid, position: position)
        case .int64(let value?): return try encode(value, oid: oid, position: position)
        case .int32(let value?): return try encode(Int64(value), oid: oid, position: position)
        case .bytes(let value?):
            try require(oid, TypeOID.bytea, position)
            bytes.append(contentsOf: value)
        case .bool(let value?):
            try require(oid, TypeOID.bool, position)
            bytes.append(value ? 1 : 0)
        case .uuid(let value?):
            try require(oid, TypeOID.uuid, position)
            append(value)
        case .date(let days?):
            try require(oid, TypeOID.date, position)
            append(try difference(days, ParameterBuffer.epochDays, position))
        case .timestamp(let microseconds?):
            if oid != TypeOID.timestamp { try require(oid, TypeOID.timestamptz, position) }
            append(try difference(microseconds, ParameterBuffer.epochMicroseconds, position))
        case .texts(let values): try encode(values, oid: oid, position: position)
        case .uuids(let values):
            try require(oid, TypeOID.uuidArray, position)
            appendArrayHeader(element: TypeOID.uuid, count: values.count)
            for value in values {
                append(Int32(16))
                append(value)
            }
        case .int64s(let values): try encode(values, oid: oid, position: position)
        case .byteArrays(let values):
            try require(oid, TypeOID.byteaArray, position)
            appendArrayHeader(element: TypeOID.bytea, count: values.count)
            for value in values {
                append(Int32(truncatingIfNeeded: value.count))
                bytes.append(contentsOf: value)
            }
        }
        return .binary
    }

    private func require(_ oid: UInt32, _ wanted: UInt32, _ position: Int) throws(Fault) {
        guard oid == wanted else { throw .type(position: position, oid: oid) }
    }

    private func difference<Number: FixedWidthInteger>(
        _ value: Number, _ epoch: Number, _ position: Int
    ) throws(Fault) -> Number {
        let (shifted, overflow) = value.subtractingReportingOverflow(epoch)
        // The outermost values mean infinity (src/include/datatype/timestamp.h).
        guard !overflow, shifted != .min, shifted != .max else { throw .range(position: position) }
        return shifted
    }

    // MARK: Scalars

    private mutating func encode(
        _ value: String, oid: UInt32, position: Int
    ) throws(Fault) -> Form {
        guard !value.utf8.contains(0) else { throw .nul(position: position) }
        bytes.append(contentsOf: value.utf8)
        switch oid {
        case TypeOID.text, TypeOID.varchar, TypeOID.bpchar, TypeOID.name: return .binary
        case TypeOID.bytea: throw .type(position: position, oid: oid)
        default: return .text
        }
    }

    private mutating func encode(
        _ value: Int64, oid: UInt32, position: Int
    ) throws(Fault) -> Form {
        switch oid {
        case TypeOID.int8: append(value)
        case TypeOID.int4:
            guard let value = Int32(exactly: value) else { throw .range(position: position) }
            append(value)
        case TypeOID.int2:
            guard let value = Int16(exactly: value) else { throw .range(position: position) }
            append(value)
        default: throw .type(position: position, oid: oid)
        }
        return .binary
    }

    private mutating func append(_ value: some FixedWidthInteger) {
        let bits = value.bitWidth
        for shift in stride(from: bits - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    private mutating func append(_ value: UUID) {
        append(value.high)
        append(value.low)
    }

    // MARK: Arrays

    private mutating func encode(
        _ values: [String], oid: UInt32, position: Int
    ) throws(Fault) {
        if oid != TypeOID.varcharArray { try require(oid, TypeOID.textArray, position) }
        let element = oid == TypeOID.textArray ? TypeOID.text : TypeOID.varchar
        appendArrayHeader(element: element, count: values.count)
        for value in values {
            guard !value.utf8.contains(0) else { throw .nul(position: position) }
            append(Int32(truncatingIfNeeded: value.utf8.count))
            bytes.append(contentsOf: value.utf8)
        }
    }

    private mutating func encode(
        _ values: [Int64], oid: UInt32, position: Int
    ) throws(Fault) {
        if oid != TypeOID.int4Array { try require(oid, TypeOID.int8Array, position) }
        let element = oid == TypeOID.int4Array ? TypeOID.int4 : TypeOID.int8
        appendArrayHeader(element: element, count: values.count)
        for value in values {
            append(Int32(oid == TypeOID.int4Array ? 4 : 8))
            _ = try encode(value, oid: element, position: position)
        }
    }

    /// The header of a one-dimensional array without NULLs (src/backend/utils/adt/arrayfuncs.c,
    /// `array_recv`); an empty one has no dimension.
    private mutating func appendArrayHeader(element: UInt32, count: Int) {
        append(Int32(count == 0 ? 0 : 1))
        append(Int32(0))
        append(element)
        if count > 0 {
            append(Int32(truncatingIfNeeded: count))
            append(Int32(1))
        }
    }
}
