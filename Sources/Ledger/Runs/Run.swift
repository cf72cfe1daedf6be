/// One run of a pipeline, as the ledger keeps it.
package struct Run: Sendable {
    package enum Status: String, Sendable {
        case running, paused, failed
        /// All rows are in the outputs; only their final names are missing.
        case whole
        case done, abandoned
    }

    package let id: Int64
    /// For people, such as `crm-refresh-20261123-093000`.
    package let name: String
    /// Seconds since 1970; stays when the run is taken up again.
    package let startedAt: Double
    /// The same of this attempt at it: later than the start where it is taken up again.
    package let attemptAt: Double
    package let isResumed: Bool
    /// All rows were written before the run was cut off.
    package let isWhole: Bool
    /// Where the run stands; nil at the beginning.
    package let checkpoint: Checkpoint?
}

/// Step 3 of the protocol: how far outputs and input have come together.
package struct Checkpoint: Sendable {
    /// Where reading goes on, as JSON of its owner.
    package var position: String
    /// Rows that are in the outputs.
    package var rows: Int
    /// Bytes of each output, by path.
    package var lengths: [String: Int]
    /// Counters, as JSON of their owner.
    package var tally: String

    package init(position: String, rows: Int, lengths: [String: Int], tally: String) {
        self.position = position
        self.rows = rows
        self.lengths = lengths
        self.tally = tally
    }
}

/// What makes a run the same run when the same command is given again.
package struct RunIdentity: Sendable {
    package var pipeline: String
    package var workspace: String
    package var engine: String
    /// Everything that decides what the outputs hold, as text.
    package var key: String
    /// The inputs with their fingerprints, as JSON of their owner.
    package var inputs: String
    /// The settings without keys and secrets, as text of their owner.
    package var settings: String

    package init(
        pipeline: String, workspace: String, engine: String, key: String, inputs: String, settings: String = ""
    ) {
        self.pipeline = pipeline
        self.workspace = workspace
        self.engine = engine
        self.key = key
        self.inputs = inputs
        self.settings = settings
    }
}
