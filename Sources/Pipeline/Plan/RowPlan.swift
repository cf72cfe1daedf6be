import EnrichmentAPI
import Ledger

/// What becomes of one row: what is known, what it waits for, or why nothing is asked.
struct RowPlan: Sendable {
    /// A record in a request.
    struct Wait: Sendable {
        let request: PendingRequest
        let index: Int
    }

    /// Channels that the row lacks and the pipeline wants.
    var wanted: ChannelSet = []
    var skip: SkipReason?
    var failure: FailureReason?
    /// Earlier answers that still count.
    var known: [KnownAnswer] = []
    /// Requests that are charged to this row.
    var asked: [Wait] = []
    /// Requests of other rows of the same person.
    var shared: [Wait] = []
    /// What requests for this row cost before the run was taken up again.
    var earlier: EarlierCost?
    var account = AccountPlan()

    struct EarlierCost: Sendable {
        var credits: Credits
        var channels: ChannelSet
        var recordID: String
        /// What came of them, also for channels that the row itself does not want.
        var answers: [KnownAnswer] = []
    }

    struct AccountPlan: Sendable {
        /// An earlier answer that still counts.
        var known: KnownAccount?
        var asked: Wait?
        var shared: Wait?
        /// What an earlier attempt at the run paid for it.
        var earlier = Credits.zero
    }

    /// Whether it has ``waits``.
    var isWaiting: Bool { !asked.isEmpty || !shared.isEmpty || account.asked != nil || account.shared != nil }

    var waits: [Wait] {
        var all = asked + shared
        if let wait = account.asked { all.append(wait) }
        if let wait = account.shared { all.append(wait) }
        return all
    }
}

/// A batch with a plan for each row.
struct PlannedBatch: Sendable {
    let leads: IdentifiedBatch
    /// Number of the first row in the run, 1-based.
    let firstRow: Int
    let rows: [RowPlan]

    /// The requests it waits for, each once.
    let requests: [PendingRequest]

    init(_ leads: IdentifiedBatch, firstRow: Int, rows: [RowPlan]) {
        self.leads = leads
        self.firstRow = firstRow
        self.rows = rows
        var seen: Set<ObjectIdentifier> = []
        var requests: [PendingRequest] = []
        for row in rows.indices where rows[row].isWaiting {
            for wait in rows[row].waits where seen.insert(ObjectIdentifier(wait.request)).inserted {
                requests.append(wait.request)
            }
        }
        self.requests = requests
    }
}
