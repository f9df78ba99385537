import CCurl

/// Content that is read as it is sent, however much there is.
package final class Upload {
    /// Bytes of all of it.
    package let byteCount: Int64
    private let next: () throws -> [UInt8]
    private var piece: [UInt8] = []
    private var offset = 0
    /// Why it could not be read to its end.
    package private(set) var fault: (any Error)?

    /// Takes how many bytes there are, and what gives the next of them: none at the end.
    package init(byteCount: Int64, next: @escaping () throws -> [UInt8]) {
        self.byteCount = byteCount
        self.next = next
    }

    /// Fills a buffer; nil when nothing can be read any more.
    fileprivate func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int? {
        if offset == piece.count {
            do {
                piece = try next()
            } catch {
                fault = error
                return nil
            }
            offset = 0
        }
        let count = min(buffer.count, piece.count - offset)
        unsafe buffer.copyBytes(from: piece[offset..<offset + count])
        offset += count
        return count
    }
}

/// libcurl's callback for what is sent; its context is the upload.
func wanted(
    _ start: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context else { return ccurl_abort_reading() }
    let upload = unsafe Unmanaged<Upload>.fromOpaque(context).takeUnretainedValue()
    let buffer = unsafe UnsafeMutableRawBufferPointer(start: start, count: size * count)
    return unsafe upload.fill(buffer) ?? ccurl_abort_reading()
}

extension HTTPCaller {
    /// Sends one request and waits for the answer on the calling thread: for commands, never on a
    /// loop that serves.
    package static func sendBlocking(
        _ request: OutgoingRequest, upload: Upload? = nil, bounds: Bounds
    ) throws(CallFault) -> IncomingReply {
        prepareLibrary
        let transfer = try Transfer(request, bounds, upload: upload)
        return try transfer.result(unsafe curl_easy_perform(transfer.easy)).get()
    }
}
