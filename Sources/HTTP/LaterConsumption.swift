/// Goes on with the next requests of a long pipeline in a later turn, so that others get theirs.
struct LaterConsumption: @unchecked Sendable {
    private let connection: Connection

    init(of connection: Connection) {
        self.connection = connection
    }

    func run() {
        connection.continuesLater = false
        connection.consumePending()
    }
}
