internal import CZlib

/// Why bytes are not what gzip makes.
package enum CompressionFault: Error, Equatable {
    /// They break the format, or their check sum.
    case malformed
    /// They end in the middle.
    case incomplete
    /// They expand to more than was allowed.
    case tooLarge
}

/// Expands gzip (RFC 1952) piece by piece, with a bound on the whole.
///
/// Never holds more than one piece of the result, however much a little input expands to.
@safe package final class GzipDecoder {
    /// Bytes of a piece of the result.
    package static let pieceBytes = 65_536

    private var stream = unsafe z_stream()
    private var isReady: Bool
    private var isOver = false
    private var bytesLeft: Int
    private var input: [UInt8] = []
    private var offset = 0

    /// Makes a decoder of a result of at most so many bytes.
    package init(atMost bytes: Int) {
        bytesLeft = bytes
        isReady = unsafe czlib_inflate_gzip(&stream) == Z_OK
    }

    deinit {
        unsafe inflateEnd(&stream)
    }

    /// Takes bytes; call ``next()`` until it answers nil before the next ones.
    package func take(_ bytes: [UInt8]) {
        input = bytes
        offset = 0
    }

    /// The next piece of the result; nil when more bytes are needed.
    package func next() throws(CompressionFault) -> [UInt8]? {
        guard isReady else { throw .malformed }
        var output: [UInt8] = []
        while offset < input.count, output.isEmpty {
            // Whatever follows the end is another stream, as concatenated files have it.
            if isOver {
                guard unsafe inflateReset(&stream) == Z_OK else { throw .malformed }
                isOver = false
            }
            output = try expand()
        }
        guard !output.isEmpty else { return nil }
        bytesLeft -= output.count
        if bytesLeft < 0 { throw .tooLarge }
        return output
    }

    /// Ends the result; throws when it is not whole.
    package func finish() throws(CompressionFault) {
        guard isReady else { throw .malformed }
        if !isOver { throw .incomplete }
    }

    private func expand() throws(CompressionFault) -> [UInt8] {
        var status = Z_OK
        let output = unsafe [UInt8](unsafeUninitializedCapacity: GzipDecoder.pieceBytes) {
            buffer, count in
            unsafe input.withUnsafeMutableBufferPointer { bytes in
                unsafe stream.next_in = bytes.baseAddress?.advanced(by: offset)
                unsafe stream.avail_in = UInt32(bytes.count - offset)
                unsafe stream.next_out = buffer.baseAddress
                unsafe stream.avail_out = UInt32(buffer.count)
                status = unsafe inflate(&stream, Z_NO_FLUSH)
                offset = unsafe bytes.count - Int(stream.avail_in)
                count = unsafe buffer.count - Int(stream.avail_out)
                unsafe stream.next_in = nil
                unsafe stream.next_out = nil
            }
        }
        switch status {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: isOver = true
        default: throw .malformed
        }
        return output
    }
}
