/// Writes JSON into bytes; commas and escapes are its business, names and order the caller's.
///
///     var writer = JSONWriter()
///     writer.object { $0.field("month", "2021-01"); $0.field("total", 512_340) }
package struct JSONWriter {
    /// What was written so far, UTF-8.
    package private(set) var bytes: [UInt8]
    private var needsComma = false

    /// Starts with nothing and room for `capacity` bytes.
    package init(reservingCapacity capacity: Int = 512) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    // MARK: - Values: the root, or the next item of an array

    /// Writes an object whose members `body` adds with `field`.
    package mutating func object(_ body: (inout JSONWriter) -> Void) {
        separate()
        openObject(body)
    }

    /// Writes an array whose items `body` adds with `element`, `object` and `array`.
    package mutating func array(_ body: (inout JSONWriter) -> Void) {
        separate()
        openArray(body)
    }

    /// Writes a text as the next item.
    package mutating func element(_ value: String) {
        separate()
        append(value)
    }

    /// Writes a whole number as the next item.
    package mutating func element(_ value: Int64) {
        separate()
        append(value)
    }

    /// Writes a whole number as the next item.
    package mutating func element(_ value: Int) { element(Int64(value)) }

    /// Writes a truth value as the next item.
    package mutating func element(_ value: Bool) {
        separate()
        append(value)
    }

    /// Writes an object as the next item.
    package mutating func element(_ body: (inout JSONWriter) -> Void) { object(body) }

    /// Writes `null` as the next item.
    package mutating func nullElement() {
        separate()
        appendNull()
    }

    /// Writes one already encoded JSON value as the next item.
    package mutating func rawElement(_ encoded: [UInt8]) {
        separate()
        bytes.append(contentsOf: encoded)
    }

    // MARK: - Members of an object

    /// Writes a text.
    package mutating func field(_ key: String, _ value: String) {
        name(key)
        append(value)
    }

    /// Writes a text that `append` puts together of ASCII that needs no escape, such as a date.
    package mutating func asciiField(_ key: String, _ append: (inout [UInt8]) -> Void) {
        name(key)
        bytes.append(UInt8(ascii: "\""))
        append(&bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a text or `null`.
    package mutating func field(_ key: String, _ value: String?) {
        name(key)
        if let value { append(value) } else { appendNull() }
    }

    /// Writes a whole number.
    package mutating func field(_ key: String, _ value: Int64) {
        name(key)
        append(value)
    }

    /// Writes a whole number or `null`.
    package mutating func field(_ key: String, _ value: Int64?) {
        name(key)
        if let value { append(value) } else { appendNull() }
    }

    /// Writes a whole number.
    package mutating func field(_ key: String, _ value: Int) { field(key, Int64(value)) }

    /// Writes a whole number or `null`.
    package mutating func field(_ key: String, _ value: Int?) { field(key, value.map(Int64.init)) }

    /// Writes a truth value.
    package mutating func field(_ key: String, _ value: Bool) {
        name(key)
        append(value)
    }

    /// Writes a truth value or `null`.
    package mutating func field(_ key: String, _ value: Bool?) {
        name(key)
        if let value { append(value) } else { appendNull() }
    }

    /// Writes `value / 10^scale` exactly, without trailing zeros: 1234 with scale 1 is `123.4`.
    package mutating func field(_ key: String, decimal value: Int64, scale: Int) {
        name(key)
        append(decimal: value, scale: scale)
    }

    /// Writes an object whose members `body` adds.
    package mutating func field(_ key: String, _ body: (inout JSONWriter) -> Void) {
        name(key)
        openObject(body)
    }

    /// Writes an array whose items `body` adds with `element`.
    package mutating func list(_ key: String, _ body: (inout JSONWriter) -> Void) {
        name(key)
        openArray(body)
    }

    /// Writes `null`.
    package mutating func nullField(_ key: String) {
        name(key)
        appendNull()
    }

    /// Writes one already encoded JSON value.
    package mutating func rawField(_ key: String, _ encoded: [UInt8]) {
        name(key)
        bytes.append(contentsOf: encoded)
    }

    // MARK: - Structure

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func name(_ key: String) {
        JSONText.append(
            key, to: &bytes, before: needsComma ? UInt8(ascii: ",") : nil,
            behind: UInt8(ascii: ":"))
        needsComma = true
    }

    private mutating func openObject(_ body: (inout JSONWriter) -> Void) {
        bytes.append(UInt8(ascii: "{"))
        needsComma = false
        body(&self)
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    private mutating func openArray(_ body: (inout JSONWriter) -> Void) {
        bytes.append(UInt8(ascii: "["))
        needsComma = false
        body(&self)
        bytes.append(UInt8(ascii: "]"))
        needsComma = true
    }

    // MARK: - Scalars

    private mutating func append(_ value: String) { JSONText.append(value, to: &bytes) }
    private mutating func append(_ value: Int64) { JSONText.append(value, to: &bytes) }
    private mutating func append(decimal value: Int64, scale: Int) {
        JSONText.append(decimal: value, scale: scale, to: &bytes)
    }
    private mutating func append(_ value: Bool) {
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }
    private mutating func appendNull() { bytes.append(contentsOf: "null".utf8) }
}
