import Testing

@testable import CustomerCare

@Suite("Texts inside the binary")
struct GuideBookTests {
    @Test("each chapter is there in both languages, in one order, with title and text")
    func chapters() throws {
        let book = try GuideBook()
        let vietnamese = book.chapters(in: .vietnamese)
        let english = book.chapters(in: .english)
        #expect(vietnamese.count == 5)
        #expect(vietnamese.map(\.slug) == english.map(\.slug))
        #expect(Set(vietnamese.map(\.slug)).count == vietnamese.count)
        for (one, other) in zip(vietnamese, english) {
            #expect(one.title != other.title)
            for chapter in [one, other] {
                #expect(!chapter.title.isEmpty && !chapter.text.isEmpty)
                #expect(chapter.text.first != "\n")
                #expect(chapter.slug.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D })
            }
        }
    }

    @Test("the texts are those of the repository")
    func assets() throws {
        let book = try GuideBook()
        for chapter in book.chapters(in: .vietnamese) {
            let file = try Checkout.text("Sources/CAssets/guides/\(chapter.slug).vi.txt")
            #expect(file.hasPrefix(chapter.title + "\n\n"))
            #expect(file.hasSuffix(chapter.text))
        }
        let contract = try Checkout.text("openapi.yaml")
        #expect(String(decoding: book.contract, as: UTF8.self) == contract)
        #expect(book.hotlines.count == 2)
        #expect(book.hotlinesAsOf.wholeMatch(of: /\d{4}-\d{2}-\d{2}/) != nil)
    }
}
