package import Records

/// Cells that were filled and gave no hint: how many of which kind for which reason, and where first.
package struct HintNotes: Sendable, Codable, Equatable {
    package struct Kind: Hashable, Sendable, Codable {
        package var hint: Hint
        package var problem: HintProblem
    }

    private var notes: [Kind: RecordNotes.Note] = [:]

    package init() {}

    package var isEmpty: Bool { notes.isEmpty }

    package subscript(hint: Hint, problem: HintProblem) -> RecordNotes.Note? {
        notes[Kind(hint: hint, problem: problem)]
    }

    mutating func add(_ hint: Hint, _ problem: HintProblem, line: Int) {
        notes[Kind(hint: hint, problem: problem), default: RecordNotes.Note(count: 0, firstLine: line)].count += 1
    }

    /// Adds what a later part of the same file had.
    package mutating func add(_ later: HintNotes) {
        guard !later.isEmpty else { return }
        notes.merge(later.notes) {
            RecordNotes.Note(count: $0.count + $1.count, firstLine: min($0.firstLine, $1.firstLine))
        }
    }

    /// How often each kind turned up, as `phone_destroyed_by_spreadsheet`.
    package var counts: [String: Int] {
        Dictionary(uniqueKeysWithValues: notes.map { ("\($0.hint.word)_\($0.problem.code)", $1.count) })
    }

    /// One note for each kind, for the person with the file; the worst is what a spreadsheet has destroyed.
    package func diagnostics(file: String) -> [Diagnostic] {
        notes.sorted { ($0.value.firstLine, $0.key.hint.rawValue) < ($1.value.firstLine, $1.key.hint.rawValue) }.map {
            kind, note in
            Diagnostic(
                kind.problem == .destroyedBySpreadsheet ? .warning : .note, code: kind.problem.code,
                "values of \(kind.hint.word) \(kind.problem.sentence) (\(note.count) in all, the first one here)",
                file: file,
                line: note.firstLine)
        }
    }
}

extension Hint {
    /// The field that it is told from.
    var word: String {
        switch self {
        case .email: "email"
        case .firstName: "first_name"
        case .lastName: "last_name"
        case .companyName: "company_name"
        case .companyDomain: "company_domain"
        case .linkedinURL: "linkedin_url"
        case .phone: "phone"
        case .personalEmail: "personal_email"
        }
    }
}
