/// An answer: a status, field lines and a body, all in memory.
package struct Response: Sendable {
    /// The status code.
    package var status: Int
    /// The field lines, each ended by CR LF; without Date, Content-Length and Connection.
    package private(set) var fieldBytes: [UInt8]
    /// The content; not sent in answer to HEAD, nor with 204 and 304.
    package var body: [UInt8]
    /// Ends the connection after this answer.
    package var closesConnection = false

    /// An answer without fields.
    package init(status: Int, body: [UInt8] = []) {
        self.status = status
        self.body = body
        fieldBytes = []
        fieldBytes.reserveCapacity(256)
    }

    /// Adds a field line; a control character in the value becomes a space, so that no value can
    /// end its line early.
    package mutating func add(_ name: StaticString, _ value: String) {
        append(name)
        for byte in value.utf8 { fieldBytes.append(byte < 0x20 || byte == 0x7F ? 0x20 : byte) }
        fieldBytes.append(0x0D)
        fieldBytes.append(0x0A)
    }

    /// Adds a field line whose value is a text of the program's own.
    package mutating func add(_ name: StaticString, fixed value: StaticString) {
        append(name)
        append(value, 0x0D, 0x0A)
    }

    /// Adds a field line whose value `append` puts together of visible ASCII.
    package mutating func add(_ name: StaticString, ascii append: (inout [UInt8]) -> Void) {
        self.append(name)
        append(&fieldBytes)
        fieldBytes.append(0x0D)
        fieldBytes.append(0x0A)
    }

    /// Adds a field line with an integer value.
    package mutating func add(_ name: StaticString, _ value: Int) {
        append(name)
        fieldBytes.append(decimal: value)
        fieldBytes.append(0x0D)
        fieldBytes.append(0x0A)
    }

    private mutating func append(_ name: StaticString) {
        append(name, 0x3A, 0x20)
    }

    private mutating func append(_ text: StaticString, _ penultimate: UInt8, _ last: UInt8) {
        unsafe fieldBytes.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        fieldBytes.append(penultimate)
        fieldBytes.append(last)
    }
}

extension Array where Element == UInt8 {
    /// Appends an integer in decimal digits, without a `String` in between.
    mutating func append(decimal value: Int) {
        if value < 0 { append(0x2D) }
        var magnitude = value.magnitude
        let start = count
        repeat {
            append(UInt8(truncatingIfNeeded: magnitude % 10) + 0x30)
            magnitude /= 10
        } while magnitude > 0
        self[start...].reverse()
    }
}
