import Electricity
import HTTPClient
import JSON
import Reactor
import Signing

/// Calls a running service from a command, signed as a client of it (RFC 9421, RFC 9530).
struct SignedCaller {
    /// What was answered.
    struct Reply {
        let status: Int
        /// The body; null when it is no JSON.
        let json: JSONValue
        let retryAfterSeconds: Int
    }

    /// What cannot be made a call of.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// Calls of one thing, and milliseconds before the second; each further pause is twice as long.
    private static let attempts = 6
    private static let firstPauseMilliseconds = 500
    /// Seconds that a service may ask to be left alone for.
    private static let longestWaitSeconds = 60

    private let origin: String
    private let scheme: SignedMessage.Scheme
    private let authority: [UInt8]
    private let keyId: String
    private let key: HMACSHA256Key
    private let bounds: HTTPCaller.Bounds

    /// Takes where the service is, such as `http://127.0.0.1:8080`, and the key of a client.
    init(url: String, keyId: String, secret: String) throws(Fault) {
        let parts = url.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3 || parts.count == 4 && parts[3].isEmpty, parts[1].isEmpty,
            !parts[2].isEmpty, parts[0].last == ":",
            let scheme = SignedMessage.Scheme(rawValue: String(parts[0].dropLast()))
        else { throw Fault(description: "\(url) is no address of a service") }
        guard let bytes = Base64.decode(secret.utf8), !bytes.isEmpty else {
            throw Fault(description: "the secret is not base64")
        }
        self.scheme = scheme
        authority = SignedMessage.normalizedAuthority(Array(parts[2].utf8), scheme: scheme)
        origin = "\(scheme.rawValue)://\(parts[2])"
        self.keyId = keyId
        key = HMACSHA256Key(bytes)
        var bounds = HTTPCaller.Bounds()
        bounds.allowsPlainText = true
        bounds.totalMilliseconds = 60_000
        bounds.replyBytes = 16_777_216
        self.bounds = bounds
    }

    /// Calls; again, when nothing was answered or the service is busy.
    func call(
        _ method: OutgoingRequest.Method, _ path: String, _ body: [UInt8] = []
    ) throws -> Reply {
        try repeatedly {
            var request = OutgoingRequest(method: method, url: origin + path, body: body)
            let digest =
                body.isEmpty
                ? nil : String(decoding: ContentDigest.headerValue(for: body), as: UTF8.self)
            request.fields = try signed(
                method, path, type: digest.map { _ in "application/json" }, digest: digest)
            return try HTTPCaller.sendBlocking(request, bounds: bounds)
        }
    }

    /// Sends a file, from its beginning each time.
    func send(
        _ file: FileInput, to path: String, type: String, isGzip: Bool, sha256: [UInt8],
        restarted: @escaping () -> Void, sent: @escaping ([UInt8]) -> Void
    ) throws -> Reply {
        var bounds = bounds
        // As long as it takes: the service itself ends what stands still.
        bounds.totalMilliseconds = 0
        return try repeatedly {
            try file.rewind()
            restarted()
            var request = OutgoingRequest(method: .put, url: origin + path)
            let digest = "sha-256=:\(String(decoding: Base64.encode(sha256), as: UTF8.self)):"
            request.fields = try signed(.put, path, type: type, digest: digest)
            if isGzip { request.fields.append(("Content-Encoding", "gzip")) }
            let upload = Upload(byteCount: file.byteCount) {
                let piece = try file.read(atMost: 262_144)
                sent(piece)
                return piece
            }
            do {
                return try HTTPCaller.sendBlocking(request, upload: upload, bounds: bounds)
            } catch {
                if let fault = upload.fault { throw fault }
                throw error
            }
        }
    }

    private func repeatedly(_ send: () throws -> IncomingReply) throws -> Reply {
        var pause = SignedCaller.firstPauseMilliseconds
        var attempt = 1
        while true {
            do {
                let reply = try send()
                let isBusy = reply.status == 429 || reply.status == 503
                guard isBusy, attempt < SignedCaller.attempts,
                    reply.retryAfterSeconds <= SignedCaller.longestWaitSeconds
                else {
                    // What is no JSON is told by its status alone.
                    let json = try? JSONValue.parse(reply.body)
                    return Reply(
                        status: reply.status, json: json ?? .null,
                        retryAfterSeconds: reply.retryAfterSeconds)
                }
                Pause.milliseconds(max(pause, reply.retryAfterSeconds * 1_000))
            } catch let fault as CallFault {
                guard attempt < SignedCaller.attempts else { throw fault }
                Terminal.tell("    \(fault); trying again")
                Pause.milliseconds(pause)
            }
            pause *= 2
            attempt += 1
        }
    }

    // MARK: Signing

    /// The fields of a signed request; what it covers is what the service wants covered.
    private func signed(
        _ method: OutgoingRequest.Method, _ path: String, type: String?, digest: String?
    ) throws -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = [("Accept", "application/json")]
        var covered = ["@method", "@authority", "@path", "@query"]
        if let type, let digest {
            fields.append(("Content-Type", type))
            fields.append(("Content-Digest", digest))
            covered += ["content-type", "content-digest"]
        }
        let nonce = String(
            decoding: Hexadecimal.encode(try World.real.randomBytes(16)), as: UTF8.self)
        let list = covered.map { "\"\($0)\"" }.joined(separator: " ")
        let seconds = World.real.now().secondsSince1970
        let input = "sig1=(\(list));created=\(seconds);keyid=\"\(keyId)\";nonce=\"\(nonce)\""
        let signature = try MessageSignature.parse(
            input: Array(input.utf8), signature: Array("sig1=:AA==:".utf8))
        let message = SignedMessage(
            method: Array(method.rawValue.utf8), scheme: scheme, authority: authority,
            path: Array(path.utf8), query: nil)
        let base = try message.base(for: signature) { name, base in
            guard let field = fields.first(where: { $0.name.lowercased() == name }) else {
                return false
            }
            base.append(contentsOf: field.value.utf8)
            return true
        }
        let code = String(decoding: Base64.encode(key.code(for: base)), as: UTF8.self)
        fields.append(("Signature-Input", input))
        fields.append(("Signature", "sig1=:\(code):"))
        return fields
    }
}
