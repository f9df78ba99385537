/// A word of a message, comparable with and without its diacritics.
struct ChatWord: Equatable {
    /// The letters without diacritics, in lower case.
    let bare: String
    /// The diacritics in a fixed order: `hoá` and `hóa` are the same word.
    private let marks: [UInt32]

    /// The words of a text, in order.
    static func words(_ text: String) -> [ChatWord] {
        LetterForm.words(text).map(ChatWord.init)
    }

    private init(_ scalars: [Unicode.Scalar]) {
        let letters = LetterForm.bare(scalars)
        bare = LetterForm.text(letters)
        // The stroke of đ counts as a mark.
        let plain = Set(letters.map(\.value))
        marks = scalars.map(\.value).filter { !plain.contains($0) }.sorted()
    }

    /// Whether it is digits and nothing else.
    var isNumber: Bool {
        !bare.isEmpty && bare.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    private var isBare: Bool { marks.isEmpty }

    /// Whether somebody who typed `word` means this one: the same, or without any diacritics.
    func isMeant(by word: ChatWord) -> Bool {
        bare == word.bare && (word.isBare || marks == word.marks)
    }

    /// Whether a phrase stands in a text, its words side by side.
    ///
    /// A single word with diacritics that is typed without them must be the whole text: `no` is
    /// also an English word.
    static func phrase(_ phrase: String, standsIn words: [ChatWord]) -> Bool {
        let wanted = ChatWord.words(phrase)
        guard wanted.count <= words.count else { return false }
        return (0...(words.count - wanted.count)).contains { start in
            zip(wanted, words[start...]).allSatisfy { known, typed in
                guard known.isMeant(by: typed) else { return false }
                return wanted.count > 1 || known == typed || words.count == 1
            }
        }
    }
}
