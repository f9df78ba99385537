/// A statement that the server has prepared on one link.
final class PreparedStatement {
    let name: PreparedName
    /// The types the server has inferred for the parameters.
    let parameterTypes: [UInt32]

    init(name: PreparedName, parameterTypes: [UInt32]) {
        self.name = name
        self.parameterTypes = parameterTypes
    }
}
