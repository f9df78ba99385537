/// What the cryptographic library or a sealed value can refuse.
package enum SigningError: Error, Sendable, Equatable {
    /// OpenSSL gave no random bytes.
    case randomUnavailable
    /// OpenSSL refused an operation that its documentation says cannot fail: no memory.
    case cryptographyFailed
    /// The bytes are not a sealed value of a version this build knows.
    case malformedSeal
    /// No master key at hand has the id of the one that sealed the value.
    case unknownMasterKey
    /// The sealed value was altered, or belongs to another place.
    case sealBroken
    /// A seal needs at least one master key.
    case noMasterKey
}
