/// A sentence for people, in both languages.
package struct BilingualText: Hashable, Sendable {
    /// In Vietnamese.
    package let vi: String
    /// In English.
    package let en: String

    /// The same sentence twice.
    package init(vi: String, en: String) {
        self.vi = vi
        self.en = en
    }
}
