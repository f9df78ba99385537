import Postgres
import Reactor
import Testing

/// One column of each type.
private struct Everything: Row, Equatable {
    static let columns = [
        "t", "v", "b", "i8", "i4", "i2", "o", "u", "d", "z", "ts", "us", "is", "bs", "j",
    ]
    var text: String?
    var varchar: String?
    var bytes: [UInt8]?
    var int8: Int64?
    var int4: Int32?
    var int2: Int64?
    var bool: Bool?
    var uuid: UUID?
    var date: Int32?
    var timestamp: Int64?
    var texts: [String]
    var uuids: [UUID]
    var int64s: [Int64]
    var byteArrays: [[UInt8]]
    var json: String?

    init(_ row: inout RowDecoder) throws(RowError) {
        text = try row.optionalString()
        varchar = try row.optionalString()
        bytes = try row.optionalBytes()
        int8 = try row.optionalInt64()
        int4 = try row.optionalInt32()
        int2 = try row.optionalInt64()
        bool = try row.optionalBool()
        uuid = try row.optionalUUID()
        date = try row.optionalDate()
        timestamp = try row.optionalTimestamp()
        texts = try row.strings()
        uuids = try row.uuids()
        int64s = try row.int64s()
        byteArrays = try row.byteArrays()
        json = try row.optionalString()
    }
}

/// Values on their way to the server and back.
@Suite struct BinaryFormatTests {
    private static let everything = Statement<Everything>(
        "everything",
        """
        select $1::text as t, $2::varchar as v, $3::bytea as b, $4::int8 as i8, $5::int4 as i4,
            $6::int2 as i2, $7::bool as o, $8::uuid as u, $9::date as d, $10::timestamptz as z,
            $11::text[] as ts, $12::uuid[] as us, $13::int8[] as is, $14::bytea[] as bs,
            $15::jsonb as j
        """)
    private let id = UUID(high: 0x0190_7E5C_8F3A_7B21, low: 0x9C4D_0011_2233_44FF)

    @Test("each type comes back as it was sent")
    func roundTrip() async throws {
        try await withDatabase { database in
            let row = try await database.queryOne(
                Self.everything, .text("Nguyễn Thị Ánh 🔌"), .text(""), .bytes([0, 255, 1]),
                .int64(.min), .int64(-2_147_483_648), .int32(-7), .bool(true), .uuid(id),
                .date(days1970: -25_567), .timestamp(microseconds1970: 1_700_000_000_123_456),
                .texts(["a", "", "Điện lực"]), .uuids([id, id]), .int64s([1, .max]),
                .byteArrays([[], [0, 1]]), .text(#"{"kWh": 12}"#))
            #expect(row?.text == "Nguyễn Thị Ánh 🔌")
            #expect(row?.varchar == "")
            #expect(row?.bytes == [0, 255, 1])
            #expect(row?.int8 == .min)
            #expect(row?.int4 == .min)
            #expect(row?.int2 == -7)
            #expect(row?.bool == true)
            #expect(row?.uuid == id)
            #expect(row?.date == -25_567)
            #expect(row?.timestamp == 1_700_000_000_123_456)
            #expect(row?.texts == ["a", "", "Điện lực"])
            #expect(row?.uuids == [id, id])
            #expect(row?.int64s == [1, .max])
            #expect(row?.byteArrays == [[], [0, 1]])
            #expect(row?.json == #"{"kWh": 12}"#)
        }
    }

    @Test("NULL and empty arrays come back as they were sent")
    func nulls() async throws {
        try await withDatabase { database in
            let row = try await database.queryOne(
                Self.everything, .null, .text(nil), .bytes(nil), .int64(nil), .int32(nil), .null,
                .bool(nil), .uuid(nil), .date(days1970: nil), .timestamp(microseconds1970: nil),
                .texts([]), .uuids([]), .int64s([]), .byteArrays([]), .null)
            #expect(row?.text == nil)
            #expect(row?.bytes == nil)
            #expect(row?.uuid == nil)
            #expect(row?.timestamp == nil)
            #expect(row?.texts == [])
            #expect(row?.byteArrays == [])
            #expect(row?.json == nil)
        }
    }

    @Test("the server reads dates, instants and identifiers as their text says")
    func textForms() async throws {
        let compare = Statement<Number>(
            "compare",
            """
            select count(*) as number where $1::date = '2021-01-31'
                and $2::timestamptz = '2026-01-02T03:04:05.000006Z'
                and $3::uuid = '01907e5c-8f3a-7b21-9c4d-0011223344ff'
                and 'x' = any($4::varchar[]) and 5 = any($5::int4[])
            """)
        try await withDatabase { database in
            let row = try await database.queryOne(
                compare, .date(days1970: 18_658),
                .timestamp(microseconds1970: 1_767_323_045_000_006), .uuid(id),
                .texts(["x"]), .int64s([4, 5]))
            #expect(row?.value == 1)
        }
    }

    @Test("text with a NUL byte is refused before it is sent")
    func nul() async throws {
        let text = Statement<Number>("nul", "select length($1::text) as number")
        try await withDatabase { database -> Void in
            await #expect(
                throws: DatabaseError.rejected(
                    sqlState: "22021", message: "$1 contains a NUL", statement: "nul")
            ) { _ = try await database.query(text, .text("a\0b")) }
        }
    }

    @Test("a UUID reads both cases and writes lower case")
    func uuidText() {
        let text = "01907e5c-8f3a-7b21-9c4d-0011223344ff"
        #expect(UUID(text) == id)
        #expect(UUID("01907E5C-8F3A-7B21-9C4D-0011223344FF") == id)
        #expect(id.description == text)
        #expect(id.bytes.count == 16 && id.bytes[15] == 0xFF && id.bytes[0] == 1)
        for wrong in ["", "01907e5c8f3a7b219c4d0011223344ff", text + "0", "g" + text.dropFirst()] {
            #expect(UUID(wrong) == nil)
        }
    }
}
