import EnrichmentAPI
import GRDB

/// What a run that is taken up again, or one that follows, has to know of earlier requests.
extension Ledger {
    /// What was asked for rows behind `row` before the run was cut off, oldest first.
    package func earlierAsks(run: Int64, afterRow row: Int) async throws -> [Int: [EarlierAsk]] {
        try await read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT ask.row, ask.identity, chunk.endpoint, chunk.channels, chunk.state, ask.credits, ask.record_id
                    FROM chunk JOIN ask ON ask.chunk = chunk.id WHERE chunk.run = ? AND ask.row > ? ORDER BY chunk.id
                    """, arguments: [run, row])
            var asks: [Int: [EarlierAsk]] = [:]
            while let row = try rows.next() {
                guard let endpoint = Endpoint(rawValue: row[2]), let state = ChunkState(rawValue: row[4]) else {
                    continue
                }
                asks[row[0], default: []].append(
                    EarlierAsk(
                        identity: row[1], endpoint: endpoint, channels: ChannelSet(bits: UInt8(row[3] as Int)),
                        state: state,
                        credits: Credits(thousandths: row[5]), recordID: row[6]))
            }
            return asks
        }
    }

    /// What may have been charged without an answer that came or will come, by identity, oldest first.
    ///
    /// Requests of all runs of the workspace on the same engine count, with the channels that no later answer covers.
    /// - Parameters:
    ///   - run: its number; 0 for one that has not begun.
    ///   - since: requests of other runs that left before, in seconds since 1970, count no more: a value that came
    ///   with them would be asked for again by now.
    package func openLosses(
        run: Int64, workspace: String, engine: String, since: Double
    ) async throws -> [Int64: [EarlierAsk]] {
        try await read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT ask.row, ask.identity, chunk.endpoint, chunk.channels & ~coalesce(
                        (SELECT \(AnswerColumns.bits { chunk, _ in "\(chunk) > chunk.id" }) FROM answer
                         WHERE answer.identity = ask.identity), 0) AS open,
                      chunk.state
                    FROM chunk JOIN ask ON ask.chunk = chunk.id JOIN run ON run.id = chunk.run
                    WHERE chunk.state IN ('intent', 'lost') AND run.workspace = ?3 AND run.engine = ?4
                      AND (run.id = ?1 OR chunk.sent_at > ?2)
                      AND NOT EXISTS (SELECT 1 FROM account WHERE account.identity = ask.identity AND account.chunk > chunk.id)
                    ORDER BY chunk.id
                    """, arguments: [run, since, workspace, engine])
            var losses: [Int64: [EarlierAsk]] = [:]
            while let row = try rows.next() {
                guard let endpoint = Endpoint(rawValue: row[2]), let state = ChunkState(rawValue: row[4]) else {
                    continue
                }
                let channels = ChannelSet(bits: UInt8(row[3] as Int))
                guard endpoint == .account || !channels.isEmpty else { continue }
                losses[row[1], default: []].append(
                    EarlierAsk(
                        identity: row[1], endpoint: endpoint, channels: channels, state: state, credits: .zero,
                        recordID: ""))
            }
            return losses
        }
    }

    /// Identities that were asked for in this run for nothing, and will not be asked for again in it.
    package func failures(run: Int64) async throws -> [Int64: ChunkState] {
        try await read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT ask.identity, chunk.state FROM chunk JOIN ask ON ask.chunk = chunk.id
                    WHERE chunk.run = ? AND chunk.state IN ('refused', 'lost') ORDER BY chunk.id
                    """, arguments: [run])
            var failures: [Int64: ChunkState] = [:]
            while let row = try rows.next() { failures[row[0]] = ChunkState(rawValue: row[1]) }
            return failures
        }
    }
}
