import Electricity
import Postgres

/// The texts of messages of one loop.
///
/// Those of the binary, and in their place those that two members of staff have agreed on; looked
/// for anew every few seconds.
final class MessageTemplates {
    private let database: DatabaseAccess<Problem>
    private let builtIn: MessageBook
    /// The texts in use.
    private(set) var book: MessageBook

    init(database: Database, book: MessageBook) {
        self.database = DatabaseAccess(database)
        builtIn = book
        self.book = book
    }

    /// Reads the approved texts; keeps what it has while the database is away.
    @discardableResult
    func reload() async -> Bool {
        do throws(Problem) {
            let approved = try await database.query(MessageTemplates.approved)
            book = builtIn.replacing(
                Dictionary(approved.map { ($0.topic, $0.text) }) { first, _ in first })
            return true
        } catch {
            // Away or busy: the next look comes in a few seconds.
            return false
        }
    }

    /// A text that is in use in the place of the one in the binary.
    struct Approved: Row {
        static let columns = ["topic", "version", "text_vi", "text_en"]
        let topic: MessageTopic
        let version: Int32
        let text: Wording

        init(_ row: inout RowDecoder) throws(RowError) {
            topic = try row.word(MessageTopic.self)
            version = try row.int32()
            let vietnamese = try row.string()
            text = Wording(vietnamese, try row.string())
        }
    }

    /// A text that one member of staff has proposed.
    struct Proposal: Row {
        static let columns = ["topic", "text_vi", "text_en", "proposed_by", "proposed_at"]
        let topic: MessageTopic
        let text: Wording
        let proposedBy: UUID
        let proposedAt: Instant

        init(_ row: inout RowDecoder) throws(RowError) {
            topic = try row.word(MessageTopic.self)
            let vietnamese = try row.string()
            text = Wording(vietnamese, try row.string())
            proposedBy = try row.uuid()
            proposedAt = try row.instant()
        }
    }

    static let approved = Statement<Approved>(
        "message_templates_approved",
        """
        -- The newest text of each topic that has another than the binary.
        select distinct on (topic) topic, version, text_vi, text_en
        from message_texts
        order by topic, version desc
        """)

    static let proposals = Statement<Proposal>(
        "message_templates_proposals",
        """
        -- What is proposed.
        select topic, text_vi, text_en, proposed_by, proposed_at from message_text_proposals
        """)
}
