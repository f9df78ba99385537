@testable import HTTP

/// A chunked body.
///
/// Properties: any split, of the input or of the room for the output, gives the same answer;
/// consumed ≤ count; what follows is left alone; linear work; parse(serialise(x)) = x.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzChunkedBody(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = FuzzedInput(start, count)
    let bytes = input.bytes
    let whole = Outcome(bytes, endingAt: [], outputBound: .max)

    input.demand(whole.consumed <= bytes.count, "more is consumed than there is")
    input.demand(whole.content.count <= maximumBytes, "more content than allowed")
    let split = Outcome(bytes, endingAt: input.someEnds, outputBound: .max)
    input.demand(split.isSame(as: whole), "a split gives another answer")
    let byByte = Outcome(bytes, endingAt: Array(0..<bytes.count), outputBound: 1)
    input.demand(byByte.isSame(as: whole), "byte by byte, another answer")
    input.demandLinearWork { _ = Outcome(bytes, endingAt: Array(0..<bytes.count), outputBound: 7) }

    if case .finished = whole.progress {
        let alone = Outcome(Array(bytes[..<whole.consumed]), endingAt: [], outputBound: .max)
        input.demand(alone.isSame(as: whole), "what follows a body changes it")
        input.demand(whole.contentBytes == whole.content.count, "the content is miscounted")
        input.accepted([
            ("content", hexadecimal(whole.content)), ("end", String(whole.consumed)),
        ])
    }
    checkSerialised(input)
    return 0
}

private let maximumBytes = 4_096

/// What came of reading a body.
private struct Outcome {
    var progress = ChunkedBody.Progress.needsMore
    var content: [UInt8] = []
    var consumed = 0
    var contentBytes = 0

    init(_ bytes: [UInt8], endingAt ends: [Int], outputBound: Int) {
        var body = ChunkedBody(maximumBytes: maximumBytes)
        for end in ends + [bytes.count] {
            // The reader takes the output away whenever the room for it is used up.
            while progress == .needsMore {
                let before = consumed
                var room: [UInt8] = []
                progress = body.read(
                    bytes.span.extracting(0..<end), from: &consumed, into: &room,
                    outputBound: outputBound)
                content += room
                if consumed == before { break }
            }
        }
        contentBytes = body.contentBytes
    }

    func isSame(as other: Outcome) -> Bool {
        guard progress == other.progress else { return false }
        // A refused body is thrown away: how much of it had been taken in does not matter.
        if case .invalid = progress { return true }
        return content == other.content && consumed == other.consumed
    }
}

/// Serialises the input as content, in chunks of the split, and reads it back.
private func checkSerialised(_ input: FuzzedInput) {
    guard input.bytes.count <= maximumBytes else { return }
    var message: [UInt8] = []
    var start = 0
    for end in input.someEnds + [input.bytes.count] where end > start {
        message += Array(String(end - start, radix: 16).utf8) + [0x0D, 0x0A]
        message += input.bytes[start..<end] + [0x0D, 0x0A]
        start = end
    }
    message += Array("0\r\n\r\n".utf8)
    let outcome = Outcome(message, endingAt: [], outputBound: .max)
    input.demand(outcome.progress == .finished, "a serialised body is not accepted")
    input.demand(outcome.content == input.bytes, "parse(serialise(x)) is not x")
    input.demand(outcome.consumed == message.count, "a serialised body is not read to its end")
}
