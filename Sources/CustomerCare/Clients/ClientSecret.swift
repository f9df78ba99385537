import Postgres

/// The shared secrets of clients, as they lie in `client_secrets`.
enum ClientSecret {
    /// Bytes of a secret: as many as HMAC-SHA256 gives (RFC 2104 section 3).
    static let byteCount = 32

    /// The place a secret is sealed for; it opens nowhere else.
    static func context(_ secretId: UUID) -> String {
        "client_secrets.sealed_secret/\(secretId)"
    }
}
