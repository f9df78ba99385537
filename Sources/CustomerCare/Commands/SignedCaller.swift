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
        /// What `If-Match` names this version by, without its quotes.
        let tag: String?
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
    private let pause: (Int) -> Void
    /// What problems are told in; nil leaves it to the service.
    let language: Language?

    /// Takes where the service is, such as `http://127.0.0.1:8080`, and the key of a client.
    init(
        url: String, keyId: String, secret: String, language: Language? = nil,
        pause: @escaping (Int) -> Void = Pause.milliseconds
    ) throws(Fault) {
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
        self.language = language
        self.pause = pause
        key = HMACSHA256Key(bytes)
        var bounds = HTTPCaller.Bounds()
        bounds.allowsPlainText = true
        bounds.totalMilliseconds = 60_000
        bounds.replyBytes = 16_777_216
        self.bounds = bounds
    }

    /// A caller of the service of CUSTOMER_CARE_URL, this machine's where it is not set, with the
    /// key of CUSTOMER_CARE_KEY_ID and CUSTOMER_CARE_SECRET, in the language of the terminal.
    static func configured(url: String?, language: Language? = nil) throws(Fault) -> SignedCaller {
        let environment = Surroundings.environment
        guard let keyId = environment["CUSTOMER_CARE_KEY_ID"],
            let secret = environment["CUSTOMER_CARE_SECRET"]
        else {
            throw Fault(
                description: "CUSTOMER_CARE_KEY_ID and CUSTOMER_CARE_SECRET name no client")
        }
        return try SignedCaller(
            url: url ?? environment["CUSTOMER_CARE_URL"] ?? "http://127.0.0.1:8080",
            keyId: keyId, secret: secret,
            language: language ?? Language(environment: environment))
    }

    /// Calls; again, when nothing was answered or the service is busy.
    ///
    /// `query` is encoded, without its question mark; `tag` is that of the version that is
    /// changed. What must not be done twice is called again only when it was certainly not done.
    func call(
        _ method: OutgoingRequest.Method, _ path: String, query: String = "",
        _ body: [UInt8] = [], tag: String? = nil, isRepeatable: Bool = true
    ) throws -> Reply {
        try repeatedly(isRepeatable) {
            let url = origin + path + (query.isEmpty ? "" : "?" + query)
            var request = OutgoingRequest(method: method, url: url, body: body)
            let digest =
                body.isEmpty
                ? nil : String(decoding: ContentDigest.headerValue(for: body), as: UTF8.self)
            request.fields = try signed(
                method, path, query: query, type: digest.map { _ in "application/json" },
                digest: digest)
            if let tag { request.fields.append(("If-Match", "\"\(tag)\"")) }
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
        return try repeatedly(true) {
            try file.rewind()
            restarted()
            var request = OutgoingRequest(method: .put, url: origin + path)
            let digest = "sha-256=:\(String(decoding: Base64.encode(sha256), as: UTF8.self)):"
            request.fields = try signed(.put, path, query: "", type: type, digest: digest)
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

    private func repeatedly(
        _ isRepeatable: Bool, _ send: () throws -> IncomingReply
    ) throws -> Reply {
        var milliseconds = SignedCaller.firstPauseMilliseconds
        var attempt = 1
        while true {
            do {
                let reply = SignedCaller.read(try send())
                guard isRepeatable ? reply.isBusy : reply.isUntouched,
                    attempt < SignedCaller.attempts,
                    reply.retryAfterSeconds <= SignedCaller.longestWaitSeconds
                else { return reply }
                pause(max(milliseconds, reply.retryAfterSeconds * 1_000))
            } catch let fault as CallFault {
                guard attempt < SignedCaller.attempts, isRepeatable || !fault.mayHaveArrived
                else { throw fault }
                Terminal.tell("    \(fault); trying again")
                pause(milliseconds)
            }
            milliseconds *= 2
            attempt += 1
        }
    }

    private static func read(_ reply: IncomingReply) -> Reply {
        // What is no JSON is told by its status alone.
        let json = try? JSONValue.parse(reply.body)
        return Reply(
            status: reply.status, json: json ?? .null,
            retryAfterSeconds: reply.retryAfterSeconds,
            tag: reply.entityTag.map { String($0.filter { $0 != "\"" }) })
    }

    // MARK: Signing

    /// The fields of a signed request; what it covers is what the service wants covered.
    private func signed(
        _ method: OutgoingRequest.Method, _ path: String, query: String, type: String?,
        digest: String?
    ) throws -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = [("Accept", "application/json")]
        if let language { fields.append(("Accept-Language", language.rawValue)) }
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
            path: Array(path.utf8), query: query.isEmpty ? nil : Array(query.utf8))
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

extension SignedCaller.Reply {
    /// Whether the service asks to be called later.
    var isBusy: Bool { status == 429 || status == 503 }

    /// Whether the service is busy and says for certain that nothing was done.
    var isUntouched: Bool {
        let code = json.text("code")
        return isBusy
            && (code == Problem.Code.rateLimited.rawValue
                || code == Problem.Code.unavailable.rawValue)
    }
}
