/// Why records could not be read: how many for which reason, and where first.
package struct RejectNotes: Sendable, Codable, Equatable {
    private var notes: [String: RecordNotes.Note] = [:]

    package init() {}

    package var isEmpty: Bool { notes.isEmpty }

    package mutating func add(_ rejects: [Reject]) {
        for reject in rejects {
            notes[reject.reason, default: RecordNotes.Note(count: 0, firstLine: reject.line)].count += 1
        }
    }

    /// How many for which reason.
    package var counts: [String: Int] { notes.mapValues(\.count) }

    /// The line of the first one for each reason.
    package var firstLines: [String: Int] { notes.mapValues(\.firstLine) }

    /// One warning for each reason, for the person with the file.
    package func diagnostics(file: String) -> [Diagnostic] {
        notes.sorted { ($0.value.firstLine, $0.key) < ($1.value.firstLine, $1.key) }.map { reason, note in
            Diagnostic(
                .warning, code: "rejected",
                "\(note.count == 1 ? "a record" : "\(note.count) records") could not be read: \(reason)\(note.count == 1 ? "" : " (the first one here)")",
                file: file, line: note.firstLine)
        }
    }
}
