import HTTP
import JSON
import Postgres
import Signing

/// Turns answers and problems into HTTP messages with the fields that the contract promises.
enum ResponseComposer {
    /// An answer of an operation.
    static func response(
        to answer: Answer, route: Route, request: Request, requestId: UUID,
        quota: RateLimiter.Quota?
    ) -> Response {
        var response = Response(status: answer.status, body: answer.body)
        response.add("X-Request-Id", ascii: { requestId.append(to: &$0) })
        if let quota { add(quota, to: &response) }
        if let location = answer.location { response.add("Location", location) }
        if let page = answer.nextPage { response.add("Link", "<\(page)>; rel=\"next\"") }
        if answer.status == 204 { return response }
        if let name = answer.fileName {
            // What somebody sent in is never shown as a page of ours.
            response.add("Content-Disposition", "attachment; filename=\"\(name)\"")
            response.add("X-Content-Type-Options", fixed: "nosniff")
            response.add("Content-Security-Policy", fixed: "default-src 'none'; sandbox")
        }
        if let language = answer.language {
            response.add("Content-Language", language.rawValue)
            response.add("Vary", fixed: "Accept-Language")
        }
        guard route.isRead, answer.status == 200 else {
            response.add("Content-Type", fixed: answer.contentType)
            response.add("Cache-Control", fixed: "no-store")
            if let version = answer.version {
                response.add("ETag", EntityTag.of(version: version))
            }
            return response
        }
        switch route.caching {
        case .personal: response.add("Cache-Control", fixed: "private, no-cache")
        case .shared(let seconds):
            response.add("Cache-Control", "public, max-age=\(seconds)")
        }
        let tag = answer.version.map(EntityTag.of(version:)) ?? EntityTag.of(answer.body)
        response.add("ETag", tag)
        // A version counts steps alone: what else is shown may have changed without one.
        if answer.version == nil,
            EntityTag.isListed(tag, in: request.fields.combined("if-none-match"))
        {
            response.status = 304
            response.body = []
            return response
        }
        response.add("Content-Type", fixed: answer.contentType)
        return response
    }

    /// A problem document.
    static func response(
        to problem: Problem, requestId: String, language: Language,
        quota: RateLimiter.Quota? = nil
    ) -> Response {
        var json = JSONWriter()
        problem.write(to: &json, language: language, requestId: requestId)
        var response = Response(status: problem.code.status, body: json.bytes)
        response.add("X-Request-Id", requestId)
        response.add("Content-Type", fixed: "application/problem+json")
        response.add("Content-Language", language.rawValue)
        response.add("Cache-Control", fixed: "no-store")
        if let quota { add(quota, to: &response) }
        if let allowed = problem.allowedMethods { response.add("Allow", allowed) }
        if problem.code == .unauthenticated {
            response.add("Accept-Signature", SignaturePolicy.acceptSignature)
        }
        let isTemporary = problem.code.status == 503 || problem.code.status == 429
        if let seconds = problem.retryAfterSeconds ?? (isTemporary ? 1 : nil) {
            response.add("Retry-After", seconds)
        }
        return response
    }

    /// What a path can do, for OPTIONS.
    static func options(_ allowed: String, _ requestId: UUID) -> Response {
        var response = Response(status: 204)
        response.add("X-Request-Id", ascii: { requestId.append(to: &$0) })
        response.add("Allow", allowed)
        return response
    }

    /// RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers).
    private static func add(_ quota: RateLimiter.Quota, to response: inout Response) {
        response.add("RateLimit-Policy", "\"default\";q=\(quota.limit);w=60")
        response.add("RateLimit", "\"default\";r=\(quota.remaining);t=\(quota.resetSeconds)")
    }
}

/// Strong entity tags (RFC 9110 section 8.8.3).
enum EntityTag {
    /// The tag of a representation: 96 bits of its SHA-256, quoted.
    static func of(_ body: [UInt8]) -> String {
        let hash = Base64.encodeURL(Array(SHA256.digest(body).prefix(12)))
        return "\"" + String(decoding: hash, as: UTF8.self) + "\""
    }

    /// The tag of a version that counts the changes of what is shown.
    static func of(version: Int) -> String { "\"v\(version)\"" }

    /// Whether If-Match names the tag, or any by `*`; compared strongly (section 13.1.1).
    static func isCondition(_ tag: String, in header: [UInt8]) -> Bool {
        header.split(separator: UInt8(ascii: ",")).contains { member in
            let trimmed = member.filter { $0 != 0x20 && $0 != 0x09 }
            return trimmed == [UInt8(ascii: "*")] || trimmed.elementsEqual(tag.utf8)
        }
    }

    /// Whether If-None-Match names the tag, or any by `*`; compared weakly (section 13.1.2).
    static func isListed(_ tag: String, in header: [UInt8]?) -> Bool {
        guard let header else { return false }
        return header.split(separator: UInt8(ascii: ",")).contains { member in
            var trimmed = member.filter { $0 != 0x20 && $0 != 0x09 }
            if trimmed.starts(with: [UInt8(ascii: "W"), UInt8(ascii: "/")]) {
                trimmed.removeFirst(2)
            }
            return trimmed == [UInt8(ascii: "*")] || trimmed.elementsEqual(tag.utf8)
        }
    }
}
