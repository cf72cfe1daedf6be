import Connect
import EnrichmentAPI
import Identity
import Ledger
import Records

/// Everything behind an answer: facts, verdicts, bytes.
struct RowFinisher: Sendable {
    let settings: PipelineSettings
    let run: Run
    let desk: VerificationDesk?
    let renderer: RowRenderer

    /// Waits for what the batch waits for, and turns it into what is written.
    func finish(_ planned: PlannedBatch) async throws -> RenderedBatch {
        var outcomes: [ObjectIdentifier: [AskOutcome]] = [:]
        for request in planned.requests { outcomes[ObjectIdentifier(request)] = try await request.outcomes() }
        let facts = planned.rows.map { plan in
            RowFacts(plan, run: run.id, minConfidence: settings.enrich.minConfidence) { wait in
                outcomes[ObjectIdentifier(wait.request)]?[wait.index]
            }
        }
        let verdicts = try await desk?.verdicts(on: emails(in: facts)) ?? [:]
        var tally = Tally()
        for row in facts { tally.count(row, verdicts) }
        tally.rejected = planned.leads.batch.rejects.count
        return RenderedBatch(
            bytes: renderer.render(planned, facts, verdicts), rejects: planned.leads.batch.rejects,
            notes: planned.leads.batch.notes, hints: planned.leads.people.notes, rows: facts.count, tally: tally,
            taken: planned.leads.batch.taken,
            end: planned.leads.end)
    }

    private func emails(in facts: [RowFacts]) -> Set<EmailToCheck> {
        guard let channels = settings.verify?.channels else { return [] }
        var emails: Set<EmailToCheck> = []
        for row in facts {
            for channel in channels where channel.isEmail {
                guard let value = row.found[channel]?.value else { continue }
                emails.insert(EmailToCheck(email: value.value, channel: channel, recordID: row.recordID))
            }
        }
        return emails
    }
}
