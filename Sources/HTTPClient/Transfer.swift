import CCurl
import Reactor

/// One exchange of libcurl: its handle, what has arrived, and who waits for it.
@safe
final class Transfer {
    let easy: UnsafeMutableRawPointer
    let outcome = Promise<Result<IncomingReply, CallFault>>()
    private let maximumBytes: Int
    /// What a PUT sends as it is read.
    private let upload: Upload?
    private var fields: UnsafeMutablePointer<curl_slist>?
    private var body: [UInt8] = []
    private var isTooLarge = false

    /// Prepares a handle; throws `notSent` when libcurl does not take the request.
    init(
        _ request: OutgoingRequest, _ bounds: HTTPCaller.Bounds, upload: Upload? = nil
    ) throws(CallFault) {
        guard let easy = unsafe curl_easy_init() else {
            throw .notSent(reason: "libcurl gives no handle")
        }
        unsafe self.easy = unsafe easy
        maximumBytes = bounds.replyBytes
        self.upload = upload
        unsafe fields = nil
        for field in request.fields { append("\(field.name): \(field.value)") }
        // Without this a longer POST waits a second for a 100 that few servers send. What is large
        // asks first: it may not be wanted.
        if upload == nil { append("Expect:") }
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        var codes = unsafe [
            ccurl_set_text(easy, CURLOPT_URL, request.url),
            ccurl_set_text(
                easy, CURLOPT_PROTOCOLS_STR, bounds.allowsPlainText ? "http,https" : "https"),
            // Signals are the process's own; libcurl's timeouts work without.
            ccurl_set_number(easy, CURLOPT_NOSIGNAL, 1),
            ccurl_set_number(easy, CURLOPT_CONNECTTIMEOUT_MS, bounds.connectMilliseconds),
            ccurl_set_number(easy, CURLOPT_TIMEOUT_MS, bounds.totalMilliseconds),
            // A provider that sends us elsewhere is not the provider we have a key for.
            ccurl_set_number(easy, CURLOPT_FOLLOWLOCATION, 0),
            ccurl_set_text(easy, CURLOPT_USERAGENT, "customer-care"),
            // No proxy from the environment: what leaves is configured, not inherited.
            ccurl_set_text(easy, CURLOPT_PROXY, ""),
            ccurl_set_fields(easy, fields),
            ccurl_set_writer(easy, received, context),
        ]
        if bounds.refusesPrivateAddresses {
            unsafe codes.append(ccurl_set_opener(easy, openPublicSocket))
        }
        if request.method == .post || request.method == .put && upload == nil {
            unsafe codes.append(ccurl_set_number(easy, CURLOPT_POST, 1))
            unsafe codes.append(
                ccurl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, request.body.count))
            unsafe codes.append(ccurl_set_bytes(easy, CURLOPT_COPYPOSTFIELDS, request.body))
            // What is in hand is sent as a POST sends it; only the word differs.
            if request.method == .put {
                unsafe codes.append(ccurl_set_text(easy, CURLOPT_CUSTOMREQUEST, "PUT"))
            }
        }
        if let upload {
            unsafe codes.append(ccurl_set_number(easy, CURLOPT_UPLOAD, 1))
            unsafe codes.append(
                ccurl_set_size(easy, CURLOPT_INFILESIZE_LARGE, Int(upload.byteCount)))
            let source = unsafe Unmanaged.passUnretained(upload).toOpaque()
            unsafe codes.append(ccurl_set_reader(easy, wanted, source))
        }
        if let wrong = codes.first(where: { $0 != CURLE_OK }) {
            throw .notSent(reason: Transfer.text(of: wrong))
        }
    }

    /// What the caller finds the transfer by.
    var key: UInt { unsafe UInt(bitPattern: easy) }

    deinit {
        unsafe curl_easy_cleanup(easy)
        unsafe curl_slist_free_all(fields)
    }

    private func append(_ line: String) {
        unsafe fields = unsafe curl_slist_append(fields, line)
    }

    /// Takes content as it arrives; false when it is too much.
    fileprivate func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= maximumBytes else {
            isTooLarge = true
            return false
        }
        unsafe body.append(contentsOf: bytes)
        return true
    }

    /// What came of it.
    func result(_ code: CURLcode) -> Result<IncomingReply, CallFault> {
        if code == CURLE_OK {
            return .success(
                IncomingReply(
                    status: number(CURLINFO_RESPONSE_CODE), body: body,
                    retryAfterSeconds: number(CURLINFO_RETRY_AFTER), entityTag: field("ETag")))
        }
        if isTooLarge { return .failure(.tooLarge) }
        // Bytes of requests that have left; none means that nobody has heard of this one.
        if number(CURLINFO_REQUEST_SIZE) == 0 {
            return .failure(.notSent(reason: Transfer.text(of: code)))
        }
        if code == CURLE_OPERATION_TIMEDOUT { return .failure(.timedOut) }
        return .failure(.broken(reason: Transfer.text(of: code)))
    }

    private func number(_ info: CURLINFO) -> Int {
        var value = 0
        let code = unsafe ccurl_get_number(easy, info, &value)
        return code == CURLE_OK ? value : 0
    }

    private func field(_ name: String) -> String? {
        guard let value = unsafe ccurl_get_field(easy, name) else { return nil }
        return unsafe String(cString: value)
    }

    /// libcurl's own words for a code; they hold nothing of the request.
    private static func text(of code: CURLcode) -> String {
        guard let text = unsafe curl_easy_strerror(code) else { return "\(code.rawValue)" }
        return unsafe String(cString: text)
    }
}

/// libcurl's callback for content; its context is the transfer.
private func received(
    _ start: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    guard let context = unsafe context else { return 0 }
    let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    let bytes = unsafe UnsafeRawBufferPointer(start: start, count: size * count)
    return unsafe transfer.take(bytes) ? size * count : 0
}
