/// The steps of the ledger's protocol at which a run can die and must lose nothing.
package enum RunStep: String, Sendable, CaseIterable {
    /// The run is in the ledger.
    case begun
    /// A batch has its identities and its plan.
    case planned
    /// Intent and quota slot are on the disk; the request has not left.
    case intent
    /// The answer is here and nowhere else.
    case answered
    /// The answer is on the disk.
    case settled
    /// The request was turned away, and that is on the disk.
    case turnedAway = "turned_away"
    /// Rows are in the outputs, perhaps not on the disk.
    case written
    /// The outputs are on the disk.
    case synced
    /// Their lengths and the input's position are.
    case checkpoint
    /// All rows are.
    case whole
    /// One of the outputs has its name.
    case published
    /// The credit report has its own.
    case reported
    /// The run has ended.
    case done
}

/// Is told of each step when it has been taken; for tests.
package struct StepWatch: Sendable {
    package var passed: @Sendable (RunStep) -> Void

    package init(_ passed: @escaping @Sendable (RunStep) -> Void) { self.passed = passed }

    package static let none = StepWatch { _ in }
}
