/// The version of this program.
package enum Version {
    /// By semantic versioning; CHANGELOG.md says what is in it.
    package static let current = "0.1.0"
}
