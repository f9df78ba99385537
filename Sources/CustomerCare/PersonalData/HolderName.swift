/// Compares the names of contract holders (tên chủ hợp đồng) as people type them.
///
/// Case, diacritics, spaces and punctuation do not count, nor do the honorifics Ông, Bà and Hộ
/// (household), also one behind the other, in front of a name. Without diacritics an honorific
/// cannot be told from a name: `ho` is Hộ or the surname Hồ, `ba` is Bà or the name Bá, `ong` is
/// Ông or the surname of the same letters. Hence two rules:
///
/// - The stored name loses an honorific only where its diacritics show it: `HỘ NGUYỄN VĂN A` is
///   kept as `nguyenvana`, `Hồ Văn Ông` as `hovanong`.
/// - A typed name may match in several forms. A leading word that bears the diacritics of an
///   honorific is one. A leading `ho`, `ba` or `ong` without any may be one or not: both forms
///   are tried. A word with other diacritics (Hồ, Bá) never is one, so that nobody passes for
///   Hồ Văn Ông by typing `Văn Ông`.
///
/// A stored name wholly without diacritics keeps its first words, whatever they are.
enum HolderName {
    /// The one form of a stored name that is indexed; nil when no letter is in it.
    static func comparable(_ stored: String) -> String? {
        let words = LetterForm.words(stored)
        return join(words[certainHonorificCount(words)...])
    }

    /// The forms a typed name may have been stored in, the likeliest first; empty when no letter
    /// is in it.
    static func candidates(_ typed: String) -> [String] {
        let words = LetterForm.words(typed)
        var start = certainHonorificCount(words)
        var forms = [join(words[start...])].compactMap { $0 }
        // As many as there are honorifics, and a name must remain.
        while start + 1 < words.count, isPossibleHonorific(words[start]) {
            start += 1
            if let form = join(words[start...]) { forms.append(form) }
        }
        return forms
    }

    private static let honorifics: [[Unicode.Scalar]] = ["ông", "bà", "hộ"].compactMap {
        LetterForm.words($0).first
    }
    private static let bareHonorifics = honorifics.map(LetterForm.bare)

    /// How many leading words are honorifics beyond doubt; the last word is a name in any case.
    private static func certainHonorificCount(_ words: [[Unicode.Scalar]]) -> Int {
        words.dropLast().prefix { honorifics.contains($0) }.count
    }

    private static func isPossibleHonorific(_ word: [Unicode.Scalar]) -> Bool {
        honorifics.contains(word) || bareHonorifics.contains(word)
    }

    private static func join(_ words: ArraySlice<[Unicode.Scalar]>) -> String? {
        let text = LetterForm.text(words.flatMap(LetterForm.bare))
        return text.isEmpty ? nil : text
    }
}
