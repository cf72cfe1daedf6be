import GRDB
import Synchronization

/// Where answers stand that lie in the log still.
///
/// Answers are found by keys that fall all over their table: to put those of a call there changes a page for each person,
/// and the call would wait until all of these are on the disk. What a call comes to is appended to `answered_log` instead,
/// which is a few pages, and goes to its place in `answered` later (``AnswerMover``).
///
/// Places are kept in memory, and tell no more than where to look: what stands there counts if it is about the person. So
/// places of rows that are gone by now do no harm, whoever took them away, and those of rows that another process has
/// written are found before anything else is asked.
final class AnswerLog: Sendable {
    /// Rows of the log, one after the other, with all that it says of a person.
    struct Place: Sendable {
        var first: Int64
        var last: Int64

        var rows: ClosedRange<Int64> { first...last }
    }

    private struct State {
        var places: [Int64: Place] = [:]
        /// Up to this row all are among ``places``.
        var last: Int64 = 0
    }

    private let state = Mutex(State())

    /// The keys of all people who were in the log when it was last looked at, and up to which row that was.
    var all: (keys: [Int64], upTo: Int64) {
        let (keys, last) = state.withLock { state in (Array(state.places.keys), state.last) }
        return (keys.sorted(), last)
    }

    /// Makes what has been appended known, by whomever.
    ///
    /// - Parameter database: in a transaction that has appended nothing itself, since that may not stay.
    /// - Returns: the rows of the log as this transaction sees them.
    @discardableResult
    func catchUp(_ database: Database) throws -> LogReading {
        let rows = try LogReading(database, of: "answered_log")
        let appended = try HotStatement(database, "SELECT id, key FROM answered_log WHERE id > ? ORDER BY id")
        try state.withLock { state in
            guard rows.last > state.last else { return }
            var current: (key: Int64, place: Place)?
            try appended.run(.integer(state.last)) { row in
                let id = row.integer(0), key = row.integer(1)
                if current?.key == key, current?.place.last == id - 1 {
                    current?.place.last = id
                } else {
                    if let current { state.places[current.key] = current.place }
                    current = (key, Place(first: id, last: id))
                }
            }
            if let current { state.places[current.key] = current.place }
            state.last = rows.last
        }
        return rows
    }

    /// - Returns: for each key where the log tells of its person, or nil.
    func places(of keys: [Int64]) -> [Place?] { state.withLock { state in keys.map { state.places[$0] } } }

    /// Forgets places whose rows have gone to `answered`.
    ///
    /// - Parameter last: the last row that has.
    func drop(upTo last: Int64) { state.withLock { $0.places = $0.places.filter { $0.value.last > last } } }
}
