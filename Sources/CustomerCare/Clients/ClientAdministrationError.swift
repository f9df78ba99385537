package import Electricity
package import Postgres
package import Signing

/// Why a client could not be created, rotated or revoked.
package enum ClientAdministrationError: Error, Equatable, CustomStringConvertible {
    /// The name is not 2 to 40 of a-z, 0-9 and `-`, beginning with a letter.
    case invalidName(String)
    /// Another client that is not revoked has the name.
    case nameTaken(String)
    /// No client has the key id.
    case unknownKeyId(String)
    /// The client is revoked, which is final.
    case revoked(keyId: String)
    /// Two secrets are live already; the older one ends then.
    case rotating(keyId: String, until: Instant?)
    /// The secret could not be made or sealed.
    case signing(SigningError)
    /// The database refused or is away.
    case database(DatabaseError)

    package var description: String {
        switch self {
        case .invalidName(let name):
            "\"\(name)\" is no name: 2 to 40 of a-z, 0-9 and -, beginning with a letter"
        case .nameTaken(let name): "a client called \(name) exists already"
        case .unknownKeyId(let keyId): "no client has the key id \(keyId)"
        case .revoked(let keyId): "the client \(keyId) is revoked"
        case .rotating(let keyId, let until):
            "the client \(keyId) has two live secrets"
                + (until.map { " until \($0)" } ?? "")
                + "; wait, or end the older ones at once with --hours 0"
        case .signing(let error): "the secret could not be sealed: \(error)"
        case .database(let error): "\(error)"
        }
    }
}

extension ClientAdministrationError: DatabaseFailure {
    /// Takes over a database error.
    package init(_ error: DatabaseError) {
        self = .database(error)
    }
}
