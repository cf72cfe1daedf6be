package import EnrichmentAPI
import Records

/// Whether a call may leave now.
///
/// Pure: what was called before and the time decide.
///
/// A slot is taken when a call leaves and comes free one window after its answer came, since the service counts on
/// arrival, somewhere in between. So every sliding window is kept, whichever windows the service uses.
package struct Quota: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case bulk, single

        package init(_ endpoint: Endpoint) { self = endpoint == .bulk ? .bulk : .single }
    }

    /// A call that counts.
    package struct Slot: Sendable, Equatable {
        package var kind: Kind
        /// When its answer came, or by when it has surely been counted; seconds since 1970.
        ///
        /// Nil: in the air.
        package var counted: Double?

        package init(kind: Kind, counted: Double?) {
            self.kind = kind
            self.counted = counted
        }
    }

    package enum Decision: Sendable, Equatable {
        case go
        /// Not before this time, in seconds since 1970.
        case wait(until: Double, reason: Reason)
        /// All slots are taken by calls in the air; ask again when one has come back.
        case waitForAnswer
    }

    package enum Reason: String, Sendable {
        case minute, day, service
    }

    package var limits: ServiceLimits

    package init(_ limits: ServiceLimits) { self.limits = limits }

    /// What the service itself said about further calls.
    package struct Word: Sendable {
        /// Until when it has asked to be left alone.
        package var hold: Double?
        /// How many calls it still takes until when.
        package var allowance: (remaining: Int, until: Double)?
        /// Limits that it names besides ours.
        package var policies: [Allowance.Policy]

        package init(
            hold: Double? = nil, allowance: (remaining: Int, until: Double)? = nil, policies: [Allowance.Policy] = []
        ) {
            self.hold = hold
            self.allowance = allowance
            self.policies = policies
        }
    }

    /// - Parameters:
    ///   - history: calls of the last day, in any order.
    ///   - word: the service's, which counts for more than our own numbers.
    ///   - ahead: calls that are to have the day's last slots before this one.
    ///   - now: on the same clock as all other times.
    package func decide(_ kind: Kind, history: [Slot], word: Word = Word(), ahead: Int = 0, now: Double) -> Decision {
        if let hold = word.hold, hold > now { return .wait(until: hold, reason: .service) }
        if let allowance = word.allowance, allowance.until > now, allowance.remaining <= 0 {
            return .wait(until: allowance.until, reason: .service)
        }
        let perMinute = kind == .bulk ? limits.bulkPerMinute : limits.singlePerMinute
        let ofKind = history.filter { $0.kind == kind }
        let minute = Allowance.Policy(quota: perMinute, window: limits.minute.inSeconds)
        var day = Allowance.Policy(quota: limits.perDay, window: limits.day.inSeconds)
        var decision = decide(ofKind, minute, .minute, now)
        decision = later(decision, decide(history, day, .day, now))
        for policy in word.policies {
            decision = later(decision, decide(policy.isShort ? ofKind : history, policy, .service, now))
        }
        guard decision == .go else { return decision }
        // Slots are there, but others have a better use for them; they take them as soon as their own minute allows.
        day.quota -= ahead
        return ahead == 0 || decide(history, day, .day, now) == .go ? .go : .waitForAnswer
    }

    /// The decision of two limits together.
    private func later(_ first: Decision, _ second: Decision) -> Decision {
        switch (first, second) {
        case (.waitForAnswer, _), (_, .waitForAnswer): .waitForAnswer
        case (.wait(let early, _), .wait(let late, _)): late >= early ? second : first
        case (.wait, .go): first
        case (.go, _): second
        }
    }

    /// The decision of one limit over the calls that it counts.
    func decide(_ slots: [Slot], _ limit: Allowance.Policy, _ reason: Reason, _ now: Double) -> Decision {
        let taken = slots.filter { $0.counted.map { $0 + limit.window > now } ?? true }
        guard taken.count >= limit.quota else { return .go }
        guard limit.quota > 0 else { return .wait(until: now + limit.window, reason: reason) }
        // The call may leave once so many have come free that fewer than the limit are left.
        let frees = taken.compactMap(\.counted).sorted()
        let needed = taken.count - limit.quota
        guard needed < frees.count else { return .waitForAnswer }
        return .wait(until: frees[needed] + limit.window, reason: reason)
    }
}

extension Allowance.Policy {
    /// Whether it is for calls of one kind: longer limits count all calls together, as the day's does.
    var isShort: Bool { window <= 3600 }
}
