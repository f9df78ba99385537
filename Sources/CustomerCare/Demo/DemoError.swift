package import Electricity
package import Postgres
package import Signing

/// Why demo data could not be made.
package enum DemoError: Error, Equatable, CustomStringConvertible {
    /// A file inside the binary is not of the form it must have: a bug.
    case asset(String)
    /// The tariffs could not be had.
    case tariffs(TariffStoreError)
    /// The tariffs do not reach back to the bills.
    case calculation(CalculationFaults)
    /// A field could not be sealed.
    case signing(SigningError)
    /// The database refused or is away.
    case database(DatabaseError)
    /// A client could not be made.
    case clients(ClientAdministrationError)
    /// The database holds customers, but not these: another seed, another master key, real data.
    case foreignCustomers

    package var description: String {
        switch self {
        case .asset(let name): "the built-in file \(name) is malformed"
        case .tariffs(let error): "\(error)"
        case .calculation(let error):
            "a bill could not be computed: "
                + error.faults.map { "\($0.field.rawValue) \($0.reason.rawValue)" }
                .joined(separator: ", ")
        case .signing(let error): "personal data could not be sealed: \(error)"
        case .database(let error): "\(error)"
        case .clients(let error): "\(error)"
        case .foreignCustomers:
            "the database holds other customers, or these under another master key or seed; "
                + "demo data goes into an empty database"
        }
    }
}

extension DemoError: DatabaseFailure {
    /// Takes over a database error.
    package init(_ error: DatabaseError) {
        self = .database(error)
    }
}
