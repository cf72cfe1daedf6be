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
    let writers: RowWriters
    let groups: IdentityGroups
    let suppressed: SuppressionList

    /// Waits for what the batch waits for, and turns it into what is written.
    func finish(_ planned: PlannedBatch) async throws -> RenderedBatch {
        var outcomes: [ObjectIdentifier: [AskOutcome]] = [:]
        for request in planned.requests { outcomes[ObjectIdentifier(request)] = try await request.outcomes() }
        let run = run.id, minConfidence = settings.enrich.minConfidence
        var facts = planned.rows.map { plan in
            RowFacts(plan, run: run, minConfidence: minConfidence) { outcomes[ObjectIdentifier($0.request)]?[$0.index] }
        }
        if settings.verify?.inputEmail == true {
            for row in facts.indices {
                facts[row].ownEmail = planned.leads.people.ownEmail(row)
                facts[row].ownEmails = [Hint.email, .personalEmail].map { planned.leads.people.text(row, $0) }.filter {
                    !$0.isEmpty
                }
            }
        }
        if !suppressed.isEmpty {
            for row in facts.indices {
                facts[row].isFoundSuppressed = facts[row].found.entries.contains {
                    suppressed.contains($0.value.value.value, $0.channel)
                }
            }
        }
        let verdicts = try await desk?.verdicts(on: emails(in: facts)) ?? [:]
        var tally = Tally()
        facts.withUnsafeBufferPointer { facts in
            for row in facts.indices { tally.count(facts, row, verdicts, number: planned.firstRow + row) }
        }
        tally.rejected = planned.leads.batch.rejects.count
        var rendered = try await writers.render(
            FinishedBatch(leads: planned.leads, facts: facts, verdicts: verdicts, groups: groups))
        rendered.rejects = planned.leads.batch.rejects
        rendered.notes = planned.leads.batch.notes
        rendered.hints = planned.leads.people.notes
        rendered.rows = facts.count
        rendered.tally = tally
        rendered.notAsked = Self.notAsked(facts, firstRow: planned.firstRow)
        rendered.taken = planned.leads.batch.taken
        return rendered
    }

    /// Rows that want of credits or quota kept from being asked for, as ranges.
    private static func notAsked(_ facts: [RowFacts], firstRow: Int) -> [NotAsked] {
        var ranges: [NotAsked] = []
        for row in facts.indices where facts[row].status == .skipped {
            let reason = facts[row].reason, number = firstRow + row
            guard [SkipReason.budget.rawValue, SkipReason.quota.rawValue].contains(reason) else { continue }
            if let last = ranges.last, last.reason == reason, last.rows.upperBound == number - 1 {
                ranges[ranges.count - 1].rows = last.rows.lowerBound...number
            } else {
                ranges.append(NotAsked(rows: number...number, reason: reason))
            }
        }
        return ranges
    }

    private func emails(in facts: [RowFacts]) -> Set<EmailToCheck> {
        guard let channels = settings.verify?.channels else { return [] }
        var emails: Set<EmailToCheck> = []
        for row in facts {
            // Whoever is on a suppression list is sent nowhere.
            if row.reason == SkipReason.suppressed.rawValue || row.isFoundSuppressed { continue }
            for email in row.ownEmails {
                emails.insert(EmailToCheck(email: email, channel: nil, recordID: row.recordID))
            }
            for channel in channels where channel.isEmail {
                guard let value = row.found[channel]?.value else { continue }
                emails.insert(EmailToCheck(email: value.value, channel: channel, recordID: row.recordID))
            }
        }
        return emails
    }
}

extension IdentityBatch {
    /// The email that a row came with, in canonical form; empty where it has none that is valid.
    func ownEmail(_ row: Int) -> String {
        text(row, self[row, .email].isEmpty ? .personalEmail : .email)
    }
}
