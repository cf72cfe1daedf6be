import Foundation
import GRDB
import GRDBSQLite

/// A prepared statement for lookups that a run makes for every row: SQLite's own calls, without a row object between.
struct HotStatement {
    private let handle: OpaquePointer
    /// Keeps the handle alive.
    private let owner: Statement

    init(_ database: Database, _ sql: String) throws {
        owner = try database.cachedStatement(sql: sql)
        handle = owner.sqliteStatement
    }

    /// Runs the statement with new arguments and hands each row to `row`.
    func run(_ arguments: HotValue..., row: (HotRow) throws -> Void = { _ in }) throws {
        sqlite3_reset(handle)
        defer { sqlite3_reset(handle) }
        for (index, argument) in arguments.enumerated() { bind(argument, at: Int32(index + 1)) }
        try step(row)
    }

    private func step(_ row: (HotRow) throws -> Void) throws {
        while true {
            switch sqlite3_step(handle) {
            case SQLITE_ROW: try row(HotRow(handle: handle))
            case SQLITE_DONE: return
            case let code: throw DatabaseError(resultCode: ResultCode(rawValue: code))
            }
        }
    }

    /// Runs a statement that gives no rows, and is run so often that a list of its arguments would count.
    func write(_ arguments: (inout HotArguments) -> Void) throws { try run(arguments) { _ in } }

    /// The same for one that gives rows.
    func run(_ arguments: (inout HotArguments) -> Void, row: (HotRow) throws -> Void) throws {
        sqlite3_reset(handle)
        defer { sqlite3_reset(handle) }
        var places = HotArguments(handle: handle)
        arguments(&places)
        try step(row)
    }

    /// Whether the statement finds anything.
    func finds(_ arguments: (inout HotArguments) -> Void) throws -> Bool {
        var isFound = false
        try run(arguments) { _ in isFound = true }
        return isFound
    }

    /// Hands on the row that a number leads to, if there is one; no statement that is asked so gives more than one.
    func find(_ number: Int64, row: (HotRow) throws -> Void) throws {
        sqlite3_reset(handle)
        defer { sqlite3_reset(handle) }
        sqlite3_bind_int64(handle, 1, number)
        switch sqlite3_step(handle) {
        case SQLITE_ROW: try row(HotRow(handle: handle))
        case SQLITE_DONE: return
        case let code: throw DatabaseError(resultCode: ResultCode(rawValue: code))
        }
    }

    private func bind(_ value: HotValue, at index: Int32) {
        var place = HotArguments(handle: handle, count: index - 1)
        switch value {
        case .null: place.null()
        case .integer(let number): place.integer(number)
        case .real(let number): place.real(number)
        case .text(let text): place.text(text)
        }
    }
}

/// The arguments of a statement, one after the other.
struct HotArguments {
    fileprivate let handle: OpaquePointer
    fileprivate var count: Int32 = 0

    mutating func null() {
        count += 1
        sqlite3_bind_null(handle, count)
    }

    mutating func integer(_ number: Int64) {
        count += 1
        sqlite3_bind_int64(handle, count, number)
    }

    mutating func real(_ number: Double) {
        count += 1
        sqlite3_bind_double(handle, count, number)
    }

    mutating func text(_ text: String) {
        count += 1
        var text = text
        // The length counts, so a NUL within the text does no harm.
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { chars in
                // Where there are no bytes there may be no place either, and that would be NULL.
                if let first = chars.baseAddress {
                    _ = sqlite3_bind_text(handle, count, first, Int32(chars.count), Self.copied)
                } else {
                    _ = sqlite3_bind_text(handle, count, "", 0, Self.copied)
                }
            }
        }
    }

    mutating func optional(_ number: Int?) { number.map { integer(Int64($0)) } ?? null() }
    mutating func optional(_ number: Double?) { number.map { real($0) } ?? null() }
    mutating func optional(_ text: String?) { text.map { self.text($0) } ?? null() }

    /// Tells SQLite to copy a text, since it goes away before the statement runs (SQLITE_TRANSIENT).
    private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}

enum HotValue {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)

    static func optional(_ text: String?) -> HotValue { text.map(HotValue.text) ?? .null }
    static func optional(_ number: Int?) -> HotValue { number.map { .integer(Int64($0)) } ?? .null }
    static func optional(_ number: Double?) -> HotValue { number.map(HotValue.real) ?? .null }
}

/// The row that a statement stands on; good until the next one.
struct HotRow {
    fileprivate let handle: OpaquePointer

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }
    func real(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }
    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    /// The text of a column, without another copy where it is the one that was read before.
    func text(_ column: Int32, reusing last: inout String) -> String {
        guard let bytes = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        let isSame = last.utf8.withContiguousStorageIfAvailable { last in
            last.count == count && (count == 0 || last.baseAddress.map { memcmp($0, bytes, count) == 0 } ?? false)
        }
        if isSame != true { last = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self) }
        return last
    }

    /// Empty for NULL.
    func text(_ column: Int32) -> String {
        guard let bytes = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }
}
