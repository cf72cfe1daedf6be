/// What was remarkable about records that were read all the same: how often, and where first.
package struct RecordNotes: Sendable, Codable, Equatable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// A row with fewer cells than the header, filled up with empty ones.
        case shortRow = "short_row"
        /// A row with more cells than the header, which went into the column `extra_cells`.
        case extraCells = "extra_cells"
        /// Bytes that are no text in the file's encoding, replaced by U+FFFD.
        case replacedBytes = "replaced_bytes"
        /// A line under the table that is no row of it, such as a copyright notice; left out.
        case footer
        /// The header once more, as in files that were put together; left out.
        case repeatedHeader = "repeated_header"
    }

    package struct Note: Sendable, Codable, Equatable {
        package var count: Int
        /// The physical line of the first one, 1-based.
        package var firstLine: Int

        package init(count: Int, firstLine: Int) {
            self.count = count
            self.firstLine = firstLine
        }
    }

    package private(set) var notes: [Kind: Note] = [:]

    package init() {}

    package var isEmpty: Bool { notes.isEmpty }

    package subscript(kind: Kind) -> Note? { notes[kind] }

    package mutating func add(_ kind: Kind, line: Int) {
        notes[kind, default: Note(count: 0, firstLine: line)].count += 1
    }

    /// Adds what a later part of the same file had.
    package mutating func add(_ later: RecordNotes) {
        guard !later.isEmpty else { return }
        notes.merge(later.notes) { Note(count: $0.count + $1.count, firstLine: min($0.firstLine, $1.firstLine)) }
    }

    /// How often each kind turned up, by its name.
    package var counts: [String: Int] {
        Dictionary(uniqueKeysWithValues: notes.map { ($0.rawValue, $1.count) })
    }

    /// One note for each kind, for the person with the file.
    package func diagnostics(file: String) -> [Diagnostic] {
        Kind.allCases.compactMap { kind in
            notes[kind].map {
                Diagnostic(
                    .note, code: kind.rawValue, "\(kind.sentence) (\($0.count) in all, the first one here)", file: file,
                    line: $0.firstLine)
            }
        }
    }
}

extension RecordNotes.Kind {
    fileprivate var sentence: String {
        switch self {
        case .shortRow: "rows with fewer cells than the header were filled up with empty ones"
        case .extraCells: "cells beyond the header are in the column extra_cells"
        case .replacedBytes: "bytes that are no text in this encoding were replaced"
        case .footer: "lines under the table were left out"
        case .repeatedHeader: "the header stands in the file again and was left out"
        }
    }
}
