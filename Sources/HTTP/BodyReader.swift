/// Reads a body by its framing.
enum BodyReader {
    case none
    case fixed(left: Int)
    case chunked(ChunkedBody)

    /// Reads on from `position`, appending content to `output` until it holds `bound` bytes.
    mutating func read(
        _ input: Span<UInt8>, from position: inout Int, into output: inout [UInt8],
        bound: Int = .max
    ) -> ChunkedBody.Progress {
        switch self {
        case .none:
            return .finished
        case .fixed(let left):
            let count = min(left, input.count - position, max(0, bound - output.count))
            output.append(copying: input, position..<(position + count))
            position += count
            self = .fixed(left: left - count)
            return left == count ? .finished : .needsMore
        case .chunked(var chunked):
            // Moved out while it works, so that its buffer is not copied on every byte.
            self = .none
            let progress = chunked.read(input, from: &position, into: &output, outputBound: bound)
            self = .chunked(chunked)
            return progress
        }
    }
}
