/// The value of a statement's parameter.
///
/// The server's own inference when it prepares the statement fixes each parameter's type; a value
/// is then sent in that type's binary format. An `int64` for an `int4` column is range-checked, a
/// text for any type without a binary encoding here (`jsonb`, an enum, `interval`) is sent as
/// text. A value that cannot become the wanted type fails the statement before it is sent.
package enum Parameter: Sendable {
    /// NULL of any type.
    case null
    /// Text in UTF-8; nil is NULL. A NUL byte fails the statement (PostgreSQL stores none).
    case text(String?)
    /// Bytes for `bytea`; nil is NULL.
    case bytes([UInt8]?)
    /// An integer for `int8`, `int4` or `int2`; nil is NULL.
    case int64(Int64?)
    /// An integer for `int4`, `int8` or `int2`; nil is NULL.
    case int32(Int32?)
    /// A truth value; nil is NULL.
    case bool(Bool?)
    /// A UUID; nil is NULL.
    case uuid(UUID?)
    /// A date in days since 1970-01-01; nil is NULL.
    case date(days1970: Int32?)
    /// An instant in microseconds since 1970-01-01T00:00Z; nil is NULL.
    case timestamp(microseconds1970: Int64?)
    /// A `text[]` or `varchar[]`.
    case texts([String])
    /// A `uuid[]`.
    case uuids([UUID])
    /// An `int8[]` or `int4[]`.
    case int64s([Int64])
    /// A `bytea[]`.
    case byteArrays([[UInt8]])
}
