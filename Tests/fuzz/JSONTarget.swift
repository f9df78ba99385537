@testable import JSON

/// One JSON text.
///
/// Properties: the fault lies within the input; nothing is nested deeper than allowed; no number
/// loses its kind; linear work; parse(serialise(x)) = x.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSON(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = FuzzedInput(start, count)
    do {
        let value = try JSONValue.parse(input.bytes)
        let canonical = text(of: value)
        input.demand(depth(of: value) <= 32, "nested more deeply than allowed")
        var writer = JSONWriter()
        write(value, to: &writer)
        checkAgain(input, writer.bytes, canonical)
        input.accepted([("value", canonical)])
    } catch {
        input.demand(error.byteOffset <= input.bytes.count, "the fault lies behind the input")
        input.demand(error.line >= 1 && error.column >= 1, "the fault lies nowhere")
    }
    input.demandLinearWork { _ = Result { try JSONValue.parse(input.bytes) } }
    return 0
}

private func checkAgain(_ input: FuzzedInput, _ bytes: [UInt8], _ canonical: String) {
    do {
        let again = text(of: try JSONValue.parse(bytes))
        input.demand(again == canonical, "parse(serialise(x)) is not x: \(canonical), \(again)")
    } catch {
        input.demand(false, "its own serialisation is refused: \(error.reason.rawValue)")
    }
}

private func depth(of value: JSONValue) -> Int {
    switch value {
    case .array(let items): 1 + (items.map { depth(of: $0) }.max() ?? 0)
    case .object(let members): 1 + (members.map { depth(of: $0.value) }.max() ?? 0)
    default: 0
    }
}

/// A text that differs whenever two values differ by a bit; differential.py writes the same.
private func text(of value: JSONValue) -> String {
    switch value {
    case .null: "n"
    case .boolean(let truth): truth ? "t" : "f"
    case .integer(let number): "i\(number)"
    case .real(let number): "r" + hexadecimal(bigEndian(number.bitPattern))
    case .outOfRange: "o"
    case .string(let string): "s" + hexadecimal(string.utf8)
    case .array(let items): "[" + items.map { text(of: $0) }.joined(separator: ",") + "]"
    case .object(let members):
        "{"
            + members.map { hexadecimal($0.name.utf8) + ":" + text(of: $0.value) }
            .joined(separator: ",") + "}"
    }
}

private func bigEndian(_ bits: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * UInt64($0))) }
}

/// Writes a value as an item; what the writer has no method for goes through `rawElement`.
private func write(_ value: JSONValue, to writer: inout JSONWriter) {
    switch value {
    case .null: writer.nullElement()
    case .boolean(let truth): writer.element(truth)
    case .integer(let number): writer.element(number)
    case .real(let number): writer.rawElement(Array(String(number).utf8))
    case .outOfRange: writer.rawElement(Array("123456789012345678901234567890".utf8))
    case .string(let string): writer.element(string)
    case .array(let items):
        writer.array { writer in
            for item in items { write(item, to: &writer) }
        }
    case .object(let members):
        writer.object { writer in
            for member in members { write(member, to: &writer) }
        }
    }
}

private func write(_ member: JSONMember, to writer: inout JSONWriter) {
    switch member.value {
    case .null: writer.nullField(member.name)
    case .boolean(let truth): writer.field(member.name, truth)
    case .integer(let number): writer.field(member.name, number)
    case .string(let string): writer.field(member.name, string)
    case .array(let items):
        writer.list(member.name) { writer in
            for item in items { write(item, to: &writer) }
        }
    case .object(let members):
        writer.field(member.name) { writer in
            for member in members { write(member, to: &writer) }
        }
    case .real, .outOfRange:
        var raw = JSONWriter()
        write(member.value, to: &raw)
        writer.rawField(member.name, raw.bytes)
    }
}
